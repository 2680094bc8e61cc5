// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package media

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"os"
	"strings"
	"time"

	"tocsin/match/pdq"
)

// Confinement layers and sizes that only tests choose.
const (
	LayerLimits   = layerLimits
	LayerLandlock = layerLandlock
	LayerSeccomp  = layerSeccomp
	AllLayers     = allLayers
	MaxDecoded    = maxDecoded
)

// Limits are those of a child.
type Limits struct {
	Memory    int64
	CPU, Wall time.Duration
	Layers    layers
}

// NewLimited is New with other limits than the standard ones; what is zero stays standard.
func NewLimited(ctx context.Context, o Options, l Limits) (*Hasher, error) {
	chosen := standard
	if l.Memory != 0 {
		chosen.memory = l.Memory
	}
	if l.CPU != 0 {
		chosen.cpu = l.CPU
	}
	if l.Wall != 0 {
		chosen.wall = l.Wall
	}
	if l.Layers != 0 {
		chosen.layers = l.Layers
	}
	return newHasher(ctx, o, chosen)
}

// NoLayers are arguments that a child refuses.
const NoLayers = layers(-1)

// KillIdle kills a child that waits for work, and reports whether there was one. It stays in its place.
func (h *Hasher) KillIdle() bool {
	select {
	case p := <-h.idle:
		p.kill(false)
		h.idle <- p
		return true
	default:
		return false
	}
}

// DecodeHere decodes in this process, as a child does.
func DecodeHere(data []byte) (Picture, error) {
	a := examine(data, Upright)
	if a.outcome != "" {
		return Picture{}, failure(a.outcome, a.picture.Format, nil)
	}
	return a.picture, nil
}

// Answers of the wire, for tests of its parser.
var (
	ReadAnswer = func(b []byte) (encoded []byte, err error) {
		a, err := readAnswer(bytes.NewReader(b))
		if err != nil {
			return nil, err
		}
		return a.encode(), nil
	}
	ReadGreeting = func(b []byte) ([]byte, error) {
		p, err := readGreeting(bytes.NewReader(b))
		if err != nil {
			return nil, err
		}
		return p.greeting(), nil
	}
	ReadStill  = func(b []byte) error { _, err := readStill(bytes.NewReader(b)); return err }
	LimitsFrom = func(args []string) error { _, err := limitsFrom(args); return err }
)

// FoundAnswer is a valid answer.
func FoundAnswer(p Picture) []byte { return answer{picture: p}.encode() }

// simulation is a format that tests alone know. What follows its magic is done in place of decoding: things
// that no known file makes a decoder do.
const simulation = "\x00simulate "

// Simulate is a file of that format.
func Simulate(what string) []byte { return []byte(simulation + what) }

func init() {
	codecs = append(codecs, codec{begins: begins(simulation[:magicSize-2]),
		config: func([]byte) (image.Config, error) {
			return image.Config{Width: 8, Height: 8, ColorModel: color.GrayModel}, nil
		},
		decode: func(data []byte) (image.Image, error) {
			return simulate(strings.TrimPrefix(string(data), simulation))
		},
		animated: still})
}

var kept [][]byte

func simulate(what string) (image.Image, error) {
	switch what {
	case "loop":
		for i := 0; ; i++ {
			kept = kept[:0]
		}
	case "sleep":
		_, _ = os.Stderr.WriteString("asleep")
		time.Sleep(time.Hour)
	case "panic":
		panic("kettle")
	case "crash":
		done := make(chan struct{})
		go func() { defer close(done); panic("kettle") }()
		<-done
		select {}
	case "exit":
		os.Exit(0)
	case "overflow":
		return overflow(nil), nil
	case "memory":
		for {
			block := make([]byte, 64<<20)
			for i := 0; i < len(block); i += 4096 {
				block[i] = 1
			}
			kept = append(kept, block)
		}
	case "flood":
		for {
			_, _ = os.Stdout.Write(make([]byte, 1<<16))
		}
	case "shout":
		for range 1000 {
			_, _ = os.Stderr.Write(bytes.Repeat([]byte("kettle"), 1000))
		}
		os.Exit(3)
	case "hush":
		_ = os.Stdout.Close()
		time.Sleep(time.Hour)
	case "eight":
		_, _ = os.Stdout.Write(FoundAnswer(Picture{Width: 1, Height: 1, Hashes: make([]pdq.Hash, 8)}))
	case "pid":
		return image.NewGray(image.Rect(0, 0, os.Getpid(), 1)), nil
	case "still here":
		return image.NewGray(image.Rect(0, 0, 8, 8)), nil
	case "probe":
		return image.NewGray(image.Rect(0, 0, 1+probe(), 1)), nil
	}
	return nil, fmt.Errorf("cannot simulate %q", what)
}

// overflow calls itself until the stack ends, which is what it is for.
func overflow(img image.Image) image.Image {
	var room [1 << 10]byte
	//lint:ignore SA5007 it is meant never to return
	if img = overflow(img); room[len(kept)] == 0 {
		return img
	}
	return nil
}

// RaceDetector is true when the limit of memory is off.
const RaceDetector = raceDetector

// Idle is a child that waits for work: its number, and what it has written to its error stream.
func (h *Hasher) Idle() (pid int, said func() string) {
	p := <-h.idle
	h.idle <- p
	return p.cmd.Process.Pid, p.said.String
}

// PixelsHere decodes in this process and gives the pixels.
func PixelsHere(data []byte) image.Image {
	img, _, _ := decode(data)
	return img
}

// PixelsClaimed is how many pixels the header of a file names; 0 when it names none.
func PixelsClaimed(data []byte) int64 {
	c, known := codecFor(data)
	if !known {
		return 0
	}
	config, err := c.config(data)
	if err != nil {
		return 0
	}
	return int64(config.Width) * int64(config.Height)
}

// Fitted draws a picture into a square of a side.
var Fitted = fitted
