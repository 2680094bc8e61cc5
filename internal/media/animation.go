// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package media

import (
	"bytes"
	"encoding/binary"
	"image"
	"io"
)

type (
	readConfig = func(io.Reader) (image.Config, error)
	readImage  = func(io.Reader) (image.Image, error)
)

// animatedPNG reports an animation control chunk before the pixels. The picture that is decoded is the one
// that viewers without animation show.
func animatedPNG(data []byte) bool {
	for at := 8; at+8 <= len(data); {
		size := int(binary.BigEndian.Uint32(data[at:]))
		switch string(data[at+4 : at+8]) {
		case "acTL":
			return true
		case "IDAT":
			return false
		}
		if size > len(data)-at-12 {
			return false
		}
		at += size + 12
	}
	return false
}

// animatedGIF reports a second frame. It walks over blocks without decompressing them.
func animatedGIF(data []byte) bool {
	g := gifBlocks{data: data}
	g.skip(10)
	flags := g.next()
	g.skip(2)
	g.skipColours(flags)
	for frames := 0; ; {
		switch g.next() {
		case 0x21: // extension
			g.skip(1)
			g.skipBlocks()
		case 0x2c: // frame
			if frames++; frames == 2 {
				return true
			}
			g.skip(8)
			g.skipColours(g.next())
			g.skip(1)
			g.skipBlocks()
		default:
			return false
		}
	}
}

// gifBlocks walks through a GIF; beyond its end everything is zero, which ends every loop.
type gifBlocks struct{ data []byte }

func (g *gifBlocks) next() byte {
	if len(g.data) == 0 {
		return 0
	}
	b := g.data[0]
	g.data = g.data[1:]
	return b
}

func (g *gifBlocks) skip(n int) { g.data = g.data[min(n, len(g.data)):] }

func (g *gifBlocks) skipColours(flags byte) {
	if flags&0x80 != 0 {
		g.skip(3 << (flags&7 + 1))
	}
}

func (g *gifBlocks) skipBlocks() {
	for n := g.next(); n != 0; n = g.next() {
		g.skip(int(n))
	}
}

// chunk is one of a RIFF file.
type chunk struct {
	id   string
	data []byte
}

// chunks reads chunks until the bytes end or do not fit.
func chunks(data []byte) []chunk {
	var all []chunk
	for len(data) >= 8 {
		size := int64(binary.LittleEndian.Uint32(data[4:]))
		if size > int64(len(data)-8) {
			break
		}
		all = append(all, chunk{string(data[:4]), data[8 : 8+size]})
		data = data[8+size:]
		if size%2 == 1 && len(data) > 0 {
			data = data[1:]
		}
	}
	return all
}

func writeChunk(b *bytes.Buffer, id string, data []byte) {
	b.WriteString(id)
	_ = binary.Write(b, binary.LittleEndian, uint32(len(data))) // a buffer never fails
	b.Write(data)
	if len(data)%2 == 1 {
		b.WriteByte(0)
	}
}
