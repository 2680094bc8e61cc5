// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package board

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"tocsin/examples/board/picture"
)

// seedTexts are the first posts of an empty board, by motif.
var seedTexts = map[string][]string{
	"bridge": {
		"The old crossing, early, before the wind comes up.",
		"Three arches and their reflection.",
		"Scaffolding is off at last. The stone looks new.",
		"The footbridge at low water.",
	},
	"garden": {
		"First warm week and everything opens at once.",
		"The shared beds behind the library, seen from the roof.",
		"Mowed in stripes, because somebody had the patience.",
		"Seedlings to give away on Saturday morning.",
	},
	"pattern": {
		"A tile floor, redrawn from memory.",
		"Quarter circles, turned at random. Any two tiles meet.",
		"Study for a quilt.",
		"Paper cut-outs, four colours.",
	},
}

// seed gives an empty board its first posts. They have no author, hence no author link.
func (b *Board) seed(ctx context.Context) error {
	if b.cfg.Seed < 1 {
		return nil
	}
	err := b.store.write(ctx, func(tx *sql.Tx) error {
		var used bool
		err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM post)`).Scan(&used)
		if err != nil || used {
			return err
		}
		for i := range b.cfg.Seed {
			m := picture.Motifs[i%len(picture.Motifs)]
			pic, err := m.Draw(uint64(i))
			if err != nil {
				return err
			}
			texts := seedTexts[m.Name]
			first := post{
				Text: texts[i/len(picture.Motifs)%len(texts)], Alt: m.Alt, Tags: []string{m.Name},
				PostedAt: b.now().Add(time.Duration(i-b.cfg.Seed) * 47 * time.Minute),
			}
			if _, err := insertPost(ctx, tx, first, pic); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("seed board: %w", err)
	}
	return nil
}
