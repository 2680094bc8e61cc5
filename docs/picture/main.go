// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

// Command picture draws docs/demo.svg, the picture of the demonstration, from what the demonstration
// reported about itself. The report is kept beside this program, so that drawing again changes nothing. To
// measure again, on an idle machine:
//
//	go run ./cmd/tocsin demo --json > docs/picture/demo.json && go generate ./docs/picture
package main

//go:generate go run .

import (
	"encoding/json"
	"fmt"
	"log"
	"os"
	"time"
)

const (
	reportFile  = "demo.json"
	pictureFile = "../demo.svg"
)

// report is what the demonstration printed, as far as it is drawn.
type report struct {
	OK    bool   `json:"ok"`
	Steps []step `json:"steps"`
}

// step is one thing that was shown, and how long it took.
type step struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	MS   int64  `json:"ms"`
}

func (s step) took() time.Duration { return time.Duration(s.MS) * time.Millisecond }

func main() {
	if err := run(); err != nil {
		log.Fatal(err)
	}
}

func run() error {
	text, err := os.ReadFile(reportFile)
	if err != nil {
		return fmt.Errorf("read report: %w", err)
	}
	picture, err := draw(text)
	if err != nil {
		return err
	}
	if err := os.WriteFile(pictureFile, picture, 0o644); err != nil {
		return fmt.Errorf("write picture: %w", err)
	}
	return nil
}

// draw makes the picture of a report. A step without a scene is an error: it would be missing in the picture.
func draw(text []byte) ([]byte, error) {
	var r report
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("read report: %w", err)
	}
	if !r.OK {
		return nil, fmt.Errorf("read report: the demonstration failed; there is nothing to show")
	}
	p := newPage(r)
	for _, s := range r.Steps {
		scene, known := scenes[s.Name]
		if !known {
			return nil, fmt.Errorf("draw step %s: it has no scene", s.Name)
		}
		p.row(s, scene)
	}
	return p.end(), nil
}
