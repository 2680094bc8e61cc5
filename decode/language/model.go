// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package language

import (
	"bytes"
	"compress/flate"
	_ "embed" // the model
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"sync"
)

//go:embed model.bin
var packed []byte

// models gives the model of each script that has one, by its code; read when first needed.
var models = sync.OnceValue(func() map[string]*model {
	m, err := unpack(packed)
	if err != nil {
		panic(err) // it is part of the program, and a test reads it
	}
	return m
})

// A model file is compressed. Unpacked it is, for each script: a line of its code and its languages; the number
// of grams; how typical each language is; the differences of the sorted grams; the weights, a column a language.
// Numbers are varints, weights single bytes.

func unpack(file []byte) (map[string]*model, error) {
	data, err := io.ReadAll(flate.NewReader(bytes.NewReader(file)))
	if err != nil {
		return nil, fmt.Errorf("unpack model: %w", err)
	}
	all, in := map[string]*model{}, bytes.NewBuffer(data)
	for in.Len() > 0 {
		line, err := in.ReadString('\n')
		if err != nil {
			return nil, fmt.Errorf("read model: %w", err)
		}
		head := strings.Fields(line)
		if len(head) < 3 { // two languages at least: there is a second one
			return nil, fmt.Errorf("read model: %q names no languages", line)
		}
		if all[head[0]], err = readModel(in, head[1:]); err != nil {
			return nil, fmt.Errorf("read model of %s: %w", head[0], err)
		}
	}
	return all, nil
}

func readModel(in *bytes.Buffer, languages []string) (*model, error) {
	count, err := binary.ReadUvarint(in)
	if err != nil || count > uint64(in.Len()) {
		return nil, fmt.Errorf("number of grams: %w", io.ErrUnexpectedEOF)
	}
	m := &model{languages: languages, typical: make([]int, len(languages))}
	m.room(int(count))
	for i := range m.typical {
		typical, err := binary.ReadUvarint(in)
		if err != nil {
			return nil, err
		}
		m.typical[i] = int(typical)
	}
	var g gram
	for range int(count) {
		more, err := binary.ReadUvarint(in)
		if err != nil {
			return nil, err
		}
		g += gram(more)
		m.put(g)
		m.weights = append(m.weights, make([]int8, len(languages))...)
	}
	for language := range languages {
		column := in.Next(int(count))
		if len(column) < int(count) {
			return nil, io.ErrUnexpectedEOF
		}
		for i, w := range column {
			m.weights[i*len(languages)+language] = int8(w)
		}
	}
	return m, nil
}
