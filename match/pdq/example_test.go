// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package pdq_test

import (
	"fmt"
	"image"
	"image/color"

	"tocsin/match/pdq"
)

// kettle draws a lid, a body and a spout.
func kettle(brightness uint8) image.Image {
	img := image.NewGray(image.Rect(0, 0, 240, 200))
	for i := range img.Pix {
		x, y := i%240, i/240
		switch {
		case (x-100)*(x-100)+(y-120)*(y-120) < 60*60, // the body
			y > 40 && y < 60 && x > 70 && x < 130, // the lid
			x > 150 && x-y > 90 && x-y < 110:      // the spout
			img.Set(x, y, color.Gray{Y: brightness + uint8(x/8)})
		default:
			img.Set(x, y, color.Gray{Y: 230 - uint8(y/4)})
		}
	}
	return img
}

func Example() {
	var hashes []pdq.Hash
	for _, brightness := range []uint8{40, 60} {
		picture, err := pdq.FromImageReduced(kettle(brightness))
		if err != nil {
			fmt.Println(err)
			return
		}
		hash, quality, err := pdq.Sum(picture)
		if err != nil || quality < pdq.MinQuality {
			fmt.Println("no hash to rely on:", quality, err)
			return
		}
		hashes = append(hashes, hash)
	}
	fmt.Println(hashes[0])
	fmt.Println("alike:", pdq.Distance(hashes[0], hashes[1]) <= pdq.MatchDistance)
	// Output:
	// e3e65f196cc9ac9994d95af90b26256674aea2c7a2511b2ed8b96cb493c1a2c9
	// alike: true
}

func ExampleNearest() {
	picture, err := pdq.FromImage(kettle(40))
	if err != nil {
		fmt.Println(err)
		return
	}
	eight, _, err := pdq.Dihedral(picture)
	if err != nil {
		fmt.Println(err)
		return
	}
	for y, last := 0, picture.Height-1; y < picture.Height/2; y++ { // upside down, as in a mirror
		for x := range picture.Width {
			a, b := y*picture.Width+x, (last-y)*picture.Width+x
			picture.Pix[a], picture.Pix[b] = picture.Pix[b], picture.Pix[a]
		}
	}
	stored, _, _ := pdq.Sum(picture)
	i, distance := pdq.Nearest(eight, stored)
	fmt.Println(pdq.DihedralName(i), distance <= pdq.MatchDistance)
	// Output: flip-x true
}
