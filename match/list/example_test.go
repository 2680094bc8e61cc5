// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package list_test

import (
	"bytes"
	"fmt"
	"os"
	"strings"

	"tocsin/match/batch"
	"tocsin/match/list"
	"tocsin/match/syntax"
)

// addresses is a validator of one type; package match has one for all of its types.
func addresses(signalType, value string) (string, error) {
	if signalType != "url" {
		return "", syntax.Errorf("", list.ReasonUnknownType, "only addresses are read here")
	}
	return strings.ToLower(value), nil
}

// An import reads a list into a batch and reports what it left out.
func Example() {
	from := strings.NewReader("type,value,labels\n" +
		"url,HTTPS://garden.example/kettle,kettle\n" +
		"url,https://garden.example/kettle,\n" +
		"phone,1234,\n")
	r, err := list.NewReader(from, list.CSV, list.Options{Canonical: addresses})
	if err != nil {
		fmt.Println(err)
		return
	}
	var blob bytes.Buffer
	rows := batch.NewWriter(&blob)
	for row, bad := range r.All() {
		if bad != nil {
			fmt.Println(bad)
		} else if err := rows.Write(row.Row); err != nil {
			fmt.Println(err)
		}
	}
	count, err := rows.Close()
	fmt.Println(count, err, r.Err(), r.Tally().Bad)
	// Output:
	// line 3: the signal stands in the list already
	// line 4: only addresses are read here
	// 1 <nil> <nil> 2
}

func ExampleWriter() {
	w, err := list.NewWriter(os.Stdout, list.JSONLines, "")
	if err != nil {
		fmt.Println(err)
		return
	}
	signal := batch.Row{Type: "url", Value: "https://garden.example/kettle", Labels: []string{"kettle"}}
	fmt.Println(w.Write(list.Row{Row: signal}), w.Close())
	// Output:
	// {"type":"url","value":"https://garden.example/kettle","labels":["kettle"]}
	// <nil> <nil>
}
