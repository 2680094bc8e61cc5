// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Package list reads and writes lists of signals as other people publish them: the local_file of pytx, the
// hash list of Tech Against Terrorism (TCAP), CSV and JSON Lines. A list is read as a stream, in bounded
// memory whatever it holds. A bad line is reported with its number and a reason and never stops the list;
// only a stream that cannot be read does. It never quotes what it refuses, and never says who made or posted
// what a signal was taken from. Start reading at Row, then Reader and Writer.
//
// # Formats
//
// local_file: a line is a type, a space and the signal; where the reader is given a type, the whole line is
// the signal. There is no room for anything else.
//
// tat: a page object with "results", an array of records, or several of either in a row. A record with
// "deleted" is a deletion. PDQ is the type pdq; MD5 is video_md5 for the video files mov, m4v, mp4 and webm;
// other records are kept out. "id" is the reference, "ideology" a label.
//
// csv: the first row names the columns: value and, in any order, type, reference, labels (separated by
// semicolons), confidence, until and deleted. The separator is the first of comma, semicolon and tab in the
// first row. A cell that a spreadsheet would take for a formula carries an apostrophe before it, which the
// reader takes away.
//
// jsonl: an object a line with the members type, value, reference, labels, confidence, until, deleted.
//
// csv and jsonl also take what 'tocsin hash --json' prints: of file, turn, width and height nothing is kept; a
// quality below what the type asks for, and a file that was not hashed, are bad lines.
package list
