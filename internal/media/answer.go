// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package media

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"tocsin"
	"tocsin/match/pdq"
)

// What passes between the two processes, all of it of fixed size but the file. The child greets once it is
// confined; the parent sends what it asks, the size and the bytes of the file; the child says that it began,
// and answers.
//
//	greeting  "TMG1", what confines it, Landlock version
//	request   what is asked, size as 8 bytes big endian, the file
//	begun     one byte
//	answer    "TMA1", outcome, format, animated, quality, width and height as 4 bytes each, number of hashes,
//	          and the hashes
//	still     "TMS1", outcome, animated, number of frames, width and height as 2 bytes each, and three bytes for
//	          each pixel
const (
	greetingMagic = "TMG1"
	greetingSize  = 6
	requestSize   = 9
	begun         = 0x06
	answerMagic   = "TMA1"
	answerSize    = 17 // without hashes
	maxAnswer     = answerSize + 8*len(pdq.Hash{})
	stillMagic    = "TMS1"
	stillSize     = 11 // without pixels
)

// outcomes are what a child itself can say of a file; the number is what travels.
var outcomes = []tocsin.Reason{"", ReasonEmpty, ReasonUnsupported, ReasonTooLarge, ReasonDamaged,
	ReasonCrashed}

// formats are numbered from 1; 0 is none.
var formats = []Format{"", JPEG, PNG, GIF, WebP}

// answer is what a child found.
type answer struct {
	outcome tocsin.Reason // "" when the picture was hashed
	picture Picture
	still   Still
}

// encode writes an answer. An answer that decode would refuse is a mistake of ours.
func (a answer) encode() []byte {
	p := a.picture
	b := append(make([]byte, 0, maxAnswer), answerMagic...)
	animated := byte(0)
	if p.Animated {
		animated = 1
	}
	b = append(b, byte(slices.Index(outcomes, a.outcome)), byte(max(slices.Index(formats, p.Format), 0)),
		animated, byte(p.Quality))
	b = binary.BigEndian.AppendUint32(b, uint32(p.Width))
	b = binary.BigEndian.AppendUint32(b, uint32(p.Height))
	b = append(b, byte(len(p.Hashes)))
	for _, h := range p.Hashes {
		b = append(b, h[:]...)
	}
	return b
}

var errAnswer = errors.New("not an answer")

// readAnswer reads one answer and no byte more. It believes nothing: who answers has read a hostile file.
func readAnswer(r io.Reader) (answer, error) {
	head := make([]byte, answerSize)
	if _, err := io.ReadFull(r, head); err != nil {
		return answer{}, fmt.Errorf("read answer: %w", err)
	}
	outcome, format := int(head[4]), int(head[5])
	if string(head[:4]) != answerMagic || outcome >= len(outcomes) || format >= len(formats) {
		return answer{}, errAnswer
	}
	a := answer{outcome: outcomes[outcome], picture: Picture{Format: formats[format]}}
	if a.outcome != "" {
		if !bytes.Equal(head[6:], make([]byte, answerSize-6)) {
			return answer{}, errAnswer
		}
		return a, nil
	}
	width, height := binary.BigEndian.Uint32(head[8:]), binary.BigEndian.Uint32(head[12:])
	if head[6] > 1 || head[7] > pdq.MaxQuality || width-1 >= MaxPixels || height-1 >= MaxPixels ||
		head[16] != 1 && head[16] != 8 {
		return answer{}, errAnswer
	}
	a.picture.Animated, a.picture.Quality = head[6] == 1, int(head[7])
	a.picture.Width, a.picture.Height = int(width), int(height)
	a.picture.Hashes = make([]pdq.Hash, head[16])
	for i := range a.picture.Hashes {
		if _, err := io.ReadFull(r, a.picture.Hashes[i][:]); err != nil {
			return answer{}, fmt.Errorf("read hashes: %w", err)
		}
	}
	return a, nil
}

// encodeStill writes an answer to the question what a file shows.
func (a answer) encodeStill() []byte {
	s := a.still
	b := append(make([]byte, 0, stillSize+len(s.Pixels)), stillMagic...)
	animated := byte(0)
	if s.Animated {
		animated = 1
	}
	b = append(b, byte(slices.Index(outcomes, a.outcome)), animated, byte(s.Frames))
	b = binary.BigEndian.AppendUint16(b, uint16(s.Width))
	b = binary.BigEndian.AppendUint16(b, uint16(s.Height))
	return append(b, s.Pixels...)
}

// readStill reads one still and believes nothing: whatever the pixels are, they are pixels, and no more of them than
// the largest still has.
func readStill(r io.Reader) (answer, error) {
	head := make([]byte, stillSize)
	if _, err := io.ReadFull(r, head); err != nil {
		return answer{}, fmt.Errorf("read still: %w", err)
	}
	outcome := int(head[4])
	if string(head[:4]) != stillMagic || outcome >= len(outcomes) {
		return answer{}, errAnswer
	}
	if outcome != 0 {
		if !bytes.Equal(head[5:], make([]byte, stillSize-5)) {
			return answer{}, errAnswer
		}
		return answer{outcome: outcomes[outcome]}, nil
	}
	s := Still{Animated: head[5] == 1, Frames: int(head[6]), Width: int(binary.BigEndian.Uint16(head[7:])),
		Height: int(binary.BigEndian.Uint16(head[9:]))}
	if head[5] > 1 || s.Frames < 1 || s.Frames > mostFrames || s.Width < 1 || s.Height < 1 ||
		s.Width > Large.side() || s.Height > Large.side() {
		return answer{}, errAnswer
	}
	s.Pixels = make([]byte, 3*s.Width*s.Height)
	if _, err := io.ReadFull(r, s.Pixels); err != nil {
		return answer{}, fmt.Errorf("read pixels: %w", err)
	}
	return answer{still: s}, nil
}
