// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package batch_test

import (
	"bytes"
	"fmt"

	"tocsin/match/batch"
)

func Example() {
	var blob bytes.Buffer
	w := batch.NewWriter(&blob)
	for _, address := range []string{"https://garden.example/kettle", "https://garden.example/bridge"} {
		if err := w.Write(batch.Row{Type: "url", Value: address, Labels: []string{"garden"}}); err != nil {
			fmt.Println("kept out:", err)
		}
	}
	count, err := w.Close()
	fmt.Println(count, err)

	f, err := batch.Open(bytes.NewReader(blob.Bytes()), int64(blob.Len()))
	if err != nil {
		fmt.Println(err)
		return
	}
	row, err := f.Row(1)
	fmt.Println(row.Type, row.Value, row.Labels, err)
	// Output:
	// 2 <nil>
	// url https://garden.example/bridge [garden] <nil>
}
