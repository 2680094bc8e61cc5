// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package hammingdisk

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// HugePages tells how many bytes of the process lie in huge pages. It is about what a resident index takes
// when the machine gave them all, and far less when it did not: then searches wait longer for memory.
func HugePages() (bytes int64, err error) {
	file, err := os.Open("/proc/self/smaps_rollup")
	if err != nil {
		return 0, fmt.Errorf("read huge pages: %w", err)
	}
	defer file.Close()
	return parseHugePages(file)
}

// parseHugePages reads the line that counts huge pages, in kilobytes.
func parseHugePages(r io.Reader) (bytes int64, err error) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if count, found := strings.CutPrefix(lines.Text(), "AnonHugePages:"); found {
			kilobytes, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(count, "kB")), 10, 52)
			if err != nil {
				return 0, fmt.Errorf("read huge pages: %w", err)
			}
			return kilobytes << 10, nil
		}
	}
	return 0, lines.Err()
}
