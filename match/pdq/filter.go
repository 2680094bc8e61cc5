// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package pdq

// lanes is how many rows or columns are filtered side by side. Each keeps its own running sum and its
// own order of operations, so the result is that of one row after another, and the processor need not
// wait for one addition to begin the next.
const lanes = 8

// filter reduces a picture to 64 × 64: luma, then twice the mean of a moving window along every row and
// along every column, then the value at the centre of each of 64 × 64 fields.
//
// Between passes the picture lies in strips of eight rows or of eight columns, the eight values of a
// place side by side, so that every pass reads memory in order. A pass writes what it makes as strips of
// the other kind. The last two passes make only the rows and columns that are used.
type filter struct {
	luma    []float32 // one strip of rows
	columns []float32 // strips of columns: the picture, then its 64 columns that are used
	rows    []float32 // strips of rows
}

// gap lies between strips, lest all strips compete for the same part of the processor's cache.
const gap = 2 * lanes

func stripSize(n int) int { return (n+lanes-1)/lanes*lanes*lanes + gap }

func stripCount(n int) int { return (n + lanes - 1) / lanes }

// room gives n values, whatever they were before.
func room(buffer []float32, n int) []float32 {
	if cap(buffer) < n {
		return make([]float32, n)
	}
	return buffer[:n]
}

func (f *filter) run(p Picture, columns, rows []int, out *[side * side]float32) {
	w, h := len(columns), len(rows)
	across, down := window(w), window(h)
	f.luma = room(f.luma, stripSize(w))
	if w == side && h == side { // already as small: not filtered
		for y := 0; y < h; y += lanes {
			f.light(p, columns, rows[y:])
			for x := range w {
				for k := range lanes {
					out[(y+k)*side+x] = f.luma[x*lanes+k]
				}
			}
		}
		return
	}
	tall, wide := stripSize(h), stripSize(w)
	f.columns = room(f.columns, max(stripCount(w), side/lanes)*tall)
	f.rows = room(f.rows, stripCount(h)*wide)
	for y := 0; y < h; y += lanes {
		f.light(p, columns, rows[y:])
		slide(f.luma, w, across, turned{f.columns[y*lanes:], tall})
	}
	for x := 0; x < w; x += lanes {
		slide(f.columns[x/lanes*tall:], h, down, turned{f.rows[x*lanes:], wide})
	}
	centres := fieldCentres(w)
	for y := 0; y < h; y += lanes {
		pick(f.rows[y/lanes*wide:], w, across, &centres, turned{f.columns[y*lanes:], tall})
	}
	centres = fieldCentres(h)
	var strip [side * lanes]float32
	for x := 0; x < side; x += lanes {
		pick(f.columns[x/lanes*tall:], h, down, &centres, turned{strip[:], lanes * lanes})
		for i := range strip {
			j, lane, y := i/(lanes*lanes), i/lanes%lanes, i%lanes
			out[(j*lanes+y)*side+x+lane] = strip[i]
		}
	}
}

// window is the width of the moving mean along a side: its 128th part, rounded up.
func window(n int) int { return (n + 127) / 128 }

// fieldCentres are the places of the 64 field centres along a side; one below 64 has some twice.
func fieldCentres(n int) (centres [side]int) {
	for i := range centres {
		centres[i] = int((float64(i) + 0.5) * float64(n) / side)
	}
	return centres
}

// The products of the luma weights, rounded to float32 as the format wants.
var red, green, blue = weighted(0.299), weighted(0.587), weighted(0.114)

func weighted(weight float32) (products [256]float32) {
	for v := range products {
		products[v] = float32(weight * float32(v))
	}
	return products
}

// light fills one strip with the luma of the first eight rows; where fewer remain, the last is repeated.
func (f *filter) light(p Picture, columns, rows []int) {
	var row [lanes][]byte
	for k := range row {
		y := rows[min(k, len(rows)-1)]
		row[k] = p.Pix[y*p.Width*p.Channels : (y+1)*p.Width*p.Channels]
	}
	if p.Channels == 1 {
		f.lightGrey(&row, columns)
	} else {
		f.lightColour(&row, columns)
	}
}

func (f *filter) lightGrey(row *[lanes][]byte, columns []int) {
	for i, x := range columns {
		place := (*[lanes]float32)(f.luma[i*lanes:])
		for k := range place {
			place[k] = float32(row[k][x])
		}
	}
}

func (f *filter) lightColour(row *[lanes][]byte, columns []int) {
	for i, x := range columns {
		place := (*[lanes]float32)(f.luma[i*lanes:])
		for k := range place {
			pixel := row[k][3*x:][:3]
			sum := float32(red[pixel[0]] + green[pixel[1]])
			place[k] = sum + blue[pixel[2]]
		}
	}
}
