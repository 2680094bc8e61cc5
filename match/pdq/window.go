// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package pdq

// turned is where a pass writes: place i of the eight lanes of a strip becomes lane i%8 of eight places,
// in squares of 8 × 8 values that are a stride apart.
type turned struct {
	squares []float32
	stride  int
}

func (t turned) square(i int) *[lanes * lanes]float32 {
	return (*[lanes * lanes]float32)(t.squares[uint(i)/lanes*uint(t.stride):])
}

// moving is the sum over a moving window of each lane. What enters is added before what leaves is
// subtracted, and each is rounded: another order is another hash.
type moving struct {
	sum          [lanes]float32
	enter, leave int // places
}

func (m *moving) add(strip []float32) {
	for k, v := range (*[lanes]float32)(strip[m.enter*lanes:]) {
		m.sum[k] += v
	}
	m.enter++
}

func (m *moving) drop(strip []float32) {
	for k, v := range (*[lanes]float32)(strip[m.leave*lanes:]) {
		m.sum[k] -= v
	}
	m.leave++
}

// mean writes the mean of what is in the window as place i.
func (m *moving) mean(i int, out turned) {
	count := float32(m.enter - m.leave)
	square := out.square(i)
	for k, v := range m.sum {
		square[k*lanes+i%lanes] = v / count
	}
}

// slide writes the mean of a moving window for each of the n places of a strip. A window of w places
// reaches from w−half before to half−1 after its place, half being ⌊(w+2)/2⌋, cut at both ends.
func slide(strip []float32, n, w int, out turned) {
	var m moving
	half := (w + 2) / 2
	for range half - 1 {
		m.add(strip)
	}
	i := 0
	for ; i < w-half+1; i++ {
		m.add(strip)
		m.mean(i, out)
	}
	i = m.full(strip, n, i, w, out)
	for ; i < n; i++ {
		m.drop(strip)
		m.mean(i, out)
	}
}

// full is the part of slide where the window is whole; it gives the next place. Dividing by a power of
// two and multiplying by its reciprocal are the same, to the bit; for other widths only the division is
// right.
func (m *moving) full(strip []float32, n, i, w int, out turned) int {
	s0, s1, s2, s3 := m.sum[0], m.sum[1], m.sum[2], m.sum[3]
	s4, s5, s6, s7 := m.sum[4], m.sum[5], m.sum[6], m.sum[7]
	power, width, factor := w&(w-1) == 0, float32(w), 1/float32(w)
	enter, leave := m.enter, m.leave
	for ; enter < n; enter, leave, i = enter+1, leave+1, i+1 {
		a, b := (*[lanes]float32)(strip[enter*lanes:]), (*[lanes]float32)(strip[leave*lanes:])
		s0 += a[0]
		s1 += a[1]
		s2 += a[2]
		s3 += a[3]
		s4 += a[4]
		s5 += a[5]
		s6 += a[6]
		s7 += a[7]
		s0 -= b[0]
		s1 -= b[1]
		s2 -= b[2]
		s3 -= b[3]
		s4 -= b[4]
		s5 -= b[5]
		s6 -= b[6]
		s7 -= b[7]
		square, lane := out.square(i), uint(i)%lanes
		if power {
			square[lane] = s0 * factor
			square[lane+1*lanes] = s1 * factor
			square[lane+2*lanes] = s2 * factor
			square[lane+3*lanes] = s3 * factor
			square[lane+4*lanes] = s4 * factor
			square[lane+5*lanes] = s5 * factor
			square[lane+6*lanes] = s6 * factor
			square[lane+7*lanes] = s7 * factor
		} else {
			square[lane] = s0 / width
			square[lane+1*lanes] = s1 / width
			square[lane+2*lanes] = s2 / width
			square[lane+3*lanes] = s3 / width
			square[lane+4*lanes] = s4 / width
			square[lane+5*lanes] = s5 / width
			square[lane+6*lanes] = s6 / width
			square[lane+7*lanes] = s7 / width
		}
	}
	m.sum, m.enter, m.leave = [lanes]float32{s0, s1, s2, s3, s4, s5, s6, s7}, enter, leave
	return i
}

// pick is slide for some places only: place j of what it writes is place centres[j] of the strip.
func pick(strip []float32, n, w int, centres *[side]int, out turned) {
	var m moving
	half := (w + 2) / 2
	for range half - 1 {
		m.add(strip)
	}
	i := 0
	for j, centre := range centres {
		for i <= centre {
			switch {
			case i < w-half+1:
				m.add(strip)
				i++
			case m.enter < n:
				count := min(centre+1-i, n-m.enter)
				m.skip(strip, count)
				i += count
			default:
				m.drop(strip)
				i++
			}
		}
		m.mean(j, out)
	}
}

// skip moves a whole window on by some places.
func (m *moving) skip(strip []float32, count int) {
	s0, s1, s2, s3 := m.sum[0], m.sum[1], m.sum[2], m.sum[3]
	s4, s5, s6, s7 := m.sum[4], m.sum[5], m.sum[6], m.sum[7]
	entering, leaving := strip[m.enter*lanes:], strip[m.leave*lanes:]
	for i := range count {
		a, b := (*[lanes]float32)(entering[i*lanes:]), (*[lanes]float32)(leaving[i*lanes:])
		s0 += a[0]
		s1 += a[1]
		s2 += a[2]
		s3 += a[3]
		s4 += a[4]
		s5 += a[5]
		s6 += a[6]
		s7 += a[7]
		s0 -= b[0]
		s1 -= b[1]
		s2 -= b[2]
		s3 -= b[3]
		s4 -= b[4]
		s5 -= b[5]
		s6 -= b[6]
		s7 -= b[7]
	}
	m.sum = [lanes]float32{s0, s1, s2, s3, s4, s5, s6, s7}
	m.enter, m.leave = m.enter+count, m.leave+count
}
