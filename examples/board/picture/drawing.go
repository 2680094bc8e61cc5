// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package picture

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"slices"
)

// Size of a generated picture, in pixels.
const (
	sceneWidth  = 480
	sceneHeight = 320
)

// rgb is a colour with channels from 0 to 255.
type rgb [3]float64

// scene gives the colour at a point; x runs from 0 to 1.5 and y from 0 (top) to 1.
type scene func(x, y float64) rgb

// Motif is one kind of drawing: a neutral subject, drawn differently for each seed.
type Motif struct {
	Name, Alt string // Alt says what the drawing shows
	draw      func(*rand.Rand) scene
}

// Motifs are all there are.
var Motifs = []Motif{
	{"bridge", "Drawing of an arched bridge over calm water, with hills behind it", drawBridge},
	{"garden", "Drawing of a garden seen from above, with flowers on striped lawn", drawGarden},
	{"pattern", "Geometric pattern of quarter circles on square tiles", drawPattern},
}

// FindMotif returns the motif called name.
func FindMotif(name string) (Motif, bool) {
	i := slices.IndexFunc(Motifs, func(m Motif) bool { return m.Name == name })
	if i < 0 {
		return Motif{}, false
	}
	return Motifs[i], true
}

// palettes run from light to dark, with an accent last.
var palettes = [][5]rgb{
	{{246, 239, 224}, {184, 212, 218}, {92, 148, 160}, {42, 82, 100}, {226, 135, 67}},
	{{250, 243, 221}, {200, 213, 185}, {143, 192, 169}, {74, 124, 112}, {224, 122, 95}},
	{{241, 236, 245}, {196, 190, 222}, {137, 129, 184}, {72, 66, 117}, {240, 180, 90}},
	{{255, 244, 230}, {244, 205, 178}, {210, 145, 120}, {112, 73, 83}, {88, 150, 146}},
}

// Draw draws the motif; the same seed gives the same bytes.
func (m Motif) Draw(seed uint64) (Picture, error) {
	const spread = 0x9e3779b97f4a7c15 // neighbouring seeds would start alike
	return encode(render(m.draw(rand.New(rand.NewPCG(seed*spread, ^seed*spread)))))
}

// render samples each pixel four times, which smooths the edges.
func render(s scene) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, sceneWidth, sceneHeight))
	for py := range sceneHeight {
		for px := range sceneWidth {
			var sum rgb
			for i := range 4 {
				x := (float64(px) + 0.25 + 0.5*float64(i%2)) / sceneHeight
				y := (float64(py) + 0.25 + 0.5*float64(i/2)) / sceneHeight
				c := s(x, y)
				sum = rgb{sum[0] + c[0], sum[1] + c[1], sum[2] + c[2]}
			}
			img.SetNRGBA(px, py, color.NRGBA{uint8(sum[0] / 4), uint8(sum[1] / 4), uint8(sum[2] / 4), 255})
		}
	}
	return img
}

func mix(a, b rgb, t float64) rgb {
	t = min(max(t, 0), 1)
	return rgb{a[0] + (b[0]-a[0])*t, a[1] + (b[1]-a[1])*t, a[2] + (b[2]-a[2])*t}
}

func drawBridge(r *rand.Rand) scene {
	p := palettes[r.IntN(len(palettes))]
	sunX, sunY := 0.2+r.Float64()*1.1, 0.12+r.Float64()*0.15
	phase, span := r.Float64()*6, 0.3+float64(r.IntN(3))*0.1
	const waterline, deck, parapet = 0.68, 0.46, 0.42
	above := func(x, y float64) rgb {
		hump := 0.05 * math.Cos((x-0.75)*1.9) // the deck rises gently towards the middle
		if y > parapet-hump && y < deck-hump {
			return p[3]
		}
		centre := (math.Floor(x/span) + 0.5) * span
		pier := math.Hypot(x-centre, (y-waterline)*span/0.44) > span*0.42
		if y >= deck-hump && pier {
			return mix(p[3], p[2], 0.25)
		}
		switch {
		case y > 0.56+0.05*math.Sin(x*4+phase):
			return mix(p[2], p[3], 0.3)
		case y > 0.44+0.08*math.Sin(x*2.3+phase*2):
			return p[2]
		case math.Hypot(x-sunX, y-sunY) < 0.07:
			return p[4]
		}
		return mix(p[1], p[0], y*1.6)
	}
	return func(x, y float64) rgb {
		if y < waterline {
			return above(x, y)
		}
		depth := y - waterline
		ripple := math.Sin(depth*120+phase) * depth * 0.04
		return mix(above(x+ripple, waterline-depth*1.6), p[2], 0.35+depth)
	}
}

func drawGarden(r *rand.Rand) scene {
	type flower struct {
		x, y, size, petals, turn float64
		tint                     rgb
	}
	p := palettes[r.IntN(len(palettes))]
	lawn := [2]rgb{{134, 171, 112}, {122, 160, 101}}
	var bed [6][4]flower
	for i := range bed {
		for j := range bed[i] {
			bed[i][j] = flower{
				x: (float64(i) + 0.35 + r.Float64()*0.3) / 4, y: (float64(j) + 0.35 + r.Float64()*0.3) / 4,
				size: 0.055 + r.Float64()*0.02, petals: float64(5 + r.IntN(4)), turn: r.Float64() * 6,
				tint: []rgb{p[0], p[1], p[4], mix(p[4], p[0], 0.5)}[r.IntN(4)],
			}
		}
	}
	return func(x, y float64) rgb {
		f := bed[min(int(x*4), 5)][min(int(y*4), 3)]
		d, angle := math.Hypot(x-f.x, y-f.y), math.Atan2(y-f.y, x-f.x)
		edge := f.size * (0.72 + 0.28*math.Cos(f.petals*angle+f.turn))
		switch {
		case d < f.size*0.28:
			return rgb{238, 196, 92}
		case d < edge:
			return mix(f.tint, p[3], 0.25*(1-d/edge))
		case d < edge+0.012:
			return rgb{96, 134, 82}
		}
		return lawn[int((x+y)*6)%2]
	}
}

func drawPattern(r *rand.Rand) scene {
	p := palettes[r.IntN(len(palettes))]
	const side = 0.25
	var turn [6][4]int
	for i := range turn {
		for j := range turn[i] {
			turn[i][j] = r.IntN(4)
		}
	}
	bands := []rgb{p[3], p[0], p[4], p[1], p[2], p[0]}
	return func(x, y float64) rgb {
		i, j := min(int(x/side), 5), min(int(y/side), 3)
		u, v := x/side-float64(i), y/side-float64(j)
		if turn[i][j]&1 == 1 {
			u = 1 - u
		}
		if turn[i][j]&2 == 2 {
			v = 1 - v
		}
		return bands[min(int(math.Hypot(u, v)*5), len(bands)-1)]
	}
}
