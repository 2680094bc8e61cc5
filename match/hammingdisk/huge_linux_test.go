// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hammingdisk

import (
	"strings"
	"testing"
)

func TestHugePagesAreCounted(t *testing.T) {
	t.Parallel()
	bytes, err := parseHugePages(strings.NewReader("Rss:  1 kB\nAnonHugePages:    4096 kB\n"))
	if err != nil || bytes != 4<<20 {
		t.Errorf("%d, %v", bytes, err)
	}
	if _, err := parseHugePages(strings.NewReader("AnonHugePages: many kB\n")); err == nil {
		t.Error("what is no number is taken for one")
	}
	if bytes, err := HugePages(); err != nil || bytes < 0 {
		t.Errorf("%d, %v", bytes, err)
	}
}
