// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package media

import (
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"sync/atomic"

	"tocsin/match/pdq"
)

// childName is the name under which this program is executed again to be a child.
const childName = "tocsin-media-child"

// exitTimedOut is the exit code of a child that has used up its processor time. It says so itself: a process killed
// for its time and one killed for its memory cannot be told apart from the outside, since the kernel counts the
// limit in ticks and reports what was used by another clock.
const exitTimedOut = 75

// canBeChild is set once main has asked. A program that does not ask must start no children: each would be
// the whole program again.
var canBeChild atomic.Bool

// RunIfChild makes the process a child when it was started as one, and returns after its one file with the
// exit code. The main function of every program that uses a [Hasher], and TestMain of its tests, calls it
// before anything else:
//
//	if code, child := media.RunIfChild(); child {
//		os.Exit(code)
//	}
func RunIfChild() (code int, child bool) {
	canBeChild.Store(true)
	if len(os.Args) == 0 || os.Args[0] != childName {
		return 0, false
	}
	over := processorTimeOver()
	served := make(chan error, 1)
	go func() { served <- serve(os.Args, os.Stdin, os.Stdout) }()
	select {
	case err := <-served:
		if err != nil {
			fmt.Fprintln(os.Stderr, err) // nothing of a file: the parent keeps a part of it as a cause
			return 1, true
		}
		return 0, true
	case <-over:
		return exitTimedOut, true
	}
}

// serve confines the process, then reads one request and answers it.
func serve(args []string, in io.Reader, out io.Writer) error {
	l, err := limitsFrom(args)
	if err != nil {
		return err
	}
	// One thread computes: processor time is then also time that passes.
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(400)
	debug.SetMemoryLimit(l.memory / 4 * 3)
	debug.SetMaxStack(64 << 20)
	debug.SetTraceback("none")
	p, err := confine(l)
	if err != nil {
		return fmt.Errorf("confine: %w", err)
	}
	if _, err := out.Write(p.greeting()); err != nil {
		return fmt.Errorf("greet: %w", err)
	}
	question, data, err := readRequest(in, out)
	if err != nil || data == nil {
		return err
	}
	if _, err := out.Write(question.answer(data)); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	return nil
}

// answer answers the question about a file, as it travels.
func (q Question) answer(data []byte) []byte {
	switch q {
	case stillSmall:
		return show(data, Small).encodeStill()
	case stillLarge:
		return show(data, Large).encodeStill()
	}
	return examine(data, q).encode()
}

// readRequest waits for a file and says that it came. Without one the parent went away, and data is nil.
func readRequest(in io.Reader, out io.Writer) (q Question, data []byte, err error) {
	head := make([]byte, requestSize)
	if _, err := io.ReadFull(in, head); err == io.EOF {
		return 0, nil, nil
	} else if err != nil {
		return 0, nil, fmt.Errorf("read request: %w", err)
	}
	size := binary.BigEndian.Uint64(head[1:])
	if size > MaxBytes {
		return 0, nil, fmt.Errorf("request of %d bytes", size)
	}
	if _, err := out.Write([]byte{begun}); err != nil {
		return 0, nil, fmt.Errorf("begin: %w", err)
	}
	data = make([]byte, size)
	if _, err := io.ReadFull(in, data); err != nil {
		return 0, nil, fmt.Errorf("read file: %w", err)
	}
	return Question(head[0]), data, nil
}

// examine decodes a file and hashes its picture. A panic of a decoder is an answer too.
func examine(data []byte, q Question) (a answer) {
	defer func() {
		if recover() != nil {
			a = answer{outcome: ReasonCrashed, picture: Picture{Format: a.picture.Format}}
		}
	}()
	a.picture.Format, _ = FormatOf(data)
	img, c, reason := decode(data)
	if reason != "" {
		return answer{outcome: reason, picture: Picture{Format: c.format}}
	}
	size := img.Bounds().Size()
	p := Picture{Format: c.format, Width: size.X, Height: size.Y, Animated: c.animated(data)}
	pixels, err := pdq.FromImageReduced(img)
	if err != nil {
		return answer{outcome: ReasonDamaged, picture: Picture{Format: c.format}}
	}
	if p.Hashes, p.Quality, err = q.hash(pixels); err != nil {
		return answer{outcome: ReasonDamaged, picture: Picture{Format: c.format}}
	}
	return answer{picture: p}
}

func (q Question) hash(p pdq.Picture) ([]pdq.Hash, int, error) {
	if q == Dihedral {
		eight, quality, err := pdq.Dihedral(p)
		return eight[:], quality, err
	}
	hash, quality, err := pdq.Sum(p)
	return []pdq.Hash{hash}, quality, err
}

func (p Protection) greeting() []byte {
	flags := byte(0)
	for i, has := range []bool{p.Limits, p.Memory, p.Seccomp} {
		if has {
			flags |= 1 << i
		}
	}
	return append([]byte(greetingMagic), flags, byte(p.Landlock))
}

// readGreeting reads what a child says of itself before it has read anything.
func readGreeting(r io.Reader) (Protection, error) {
	b := make([]byte, greetingSize)
	if _, err := io.ReadFull(r, b); err != nil {
		return Protection{}, fmt.Errorf("read greeting: %w", err)
	}
	if string(b[:4]) != greetingMagic || b[4] > 7 {
		return Protection{}, fmt.Errorf("read greeting: not one")
	}
	return Protection{Limits: b[4]&1 != 0, Memory: b[4]&2 != 0, Seccomp: b[4]&4 != 0, Landlock: int(b[5])}, nil
}
