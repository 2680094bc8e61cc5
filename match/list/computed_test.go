// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package list_test

import (
	"testing"

	"tocsin/match/list"
)

// TestWhatAHasherPrintsIsAList reads lines of 'tocsin hash --json', and the same as a table.
func TestWhatAHasherPrintsIsAList(t *testing.T) {
	t.Parallel()
	lines := `{"file":"bridge.jpg","type":"pdq","value":"` + hashA + `","quality":50,"width":640,"height":480}
{"file":"garden.jpg","type":"pdq","value":"` + hashB + `","quality":49,"width":640,"height":480}
{"file":"kettle.txt","type":"pdq","error":"The file is no picture.","reason":"media_unsupported"}
{"file":"nowhere.jpg","error":"no such file or directory"}
{"file":"bridge.jpg","type":"pdq","turn":"rotate-90","value":"` + hashB + `","quality":100}
{"file":"clip.mp4","type":"video_md5","value":"` + video + `","quality":0}
{"file":"bridge.jpg","type":"pdq","value":"` + hashA + `","qualty":100}
`
	rows := []list.Row{row(1, "pdq", hashA), row(5, "pdq", hashB), row(6, "video_md5", video)}
	bad := map[int64]string{2: list.ReasonQuality, 3: list.ReasonNotHashed, 4: list.ReasonNotHashed,
		7: list.ReasonForm}
	expect(t, read(t, lines, list.JSONLines), rows, bad)

	table := "file,type,value,quality,width,height,turn,error,reason\r\n" +
		"bridge.jpg,pdq," + hashA + ",50,640,480,,,\r\n" +
		"garden.jpg,pdq," + hashB + ",49,640,480,,,\r\n" +
		"kettle.txt,pdq,,,,,,no picture,media_unsupported\r\n" +
		"bridge.jpg,pdq," + hashB + ",,,,rotate-90,,\r\n" +
		"bridge.jpg,pdq," + hashB + ",much,,,,,\r\n"
	expect(t, read(t, table, list.CSV), []list.Row{row(2, "pdq", hashA), row(5, "pdq", hashB)},
		map[int64]string{3: list.ReasonQuality, 4: list.ReasonNotHashed, 6: list.ReasonForm})
}
