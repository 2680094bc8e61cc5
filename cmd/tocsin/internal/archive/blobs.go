// SPDX-FileCopyrightText: The Tocsin contributors
// SPDX-License-Identifier: Apache-2.0

package archive

import (
	"context"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"

	"tocsin"
	"tocsin/internal/blob"
)

// blobFolder is where a backup keeps the lists that were imported, each under its digest.
const blobFolder = "blobs"

// saveBlobs copies every blob. Taken after the database, they include all that it names: blobs never change.
func saveBlobs(ctx context.Context, dir string, blobs *blob.Store) ([]File, error) {
	var files []File
	for info, err := range blobs.List(ctx) {
		if err != nil {
			return nil, fmt.Errorf("list imported lists: %w", err)
		}
		if err := os.MkdirAll(filepath.Join(dir, blobFolder), 0o700); err != nil {
			return nil, fmt.Errorf("make backup folder: %w", err)
		}
		name := path.Join(blobFolder, string(info.Digest))
		if err := saveBlob(ctx, filepath.Join(dir, filepath.FromSlash(name)), blobs, info.Digest); err != nil {
			return nil, fmt.Errorf("copy imported list: %w", err)
		}
		files = append(files, File{Name: name, Size: info.Size, SHA256: info.Digest})
	}
	return files, nil
}

func saveBlob(ctx context.Context, to string, blobs *blob.Store, d tocsin.Digest) error {
	from, err := blobs.Open(ctx, d)
	if err != nil {
		return err
	}
	defer from.Close()
	return writeFile(to, from)
}

// restoreBlob puts a list back. One that is there already is the same: its digest is its name.
func restoreBlob(ctx context.Context, dir string, f File, blobs *blob.Store) error {
	from, err := os.Open(filepath.Join(dir, filepath.FromSlash(f.Name)))
	if err != nil {
		return fmt.Errorf("read backup: %w", err)
	}
	defer from.Close()
	digest, _, err := blobs.Put(ctx, from)
	if err != nil {
		return fmt.Errorf("restore imported list: %w", err)
	}
	if digest != f.SHA256 {
		return damaged()
	}
	return nil
}

// isBlob reports whether a manifest's file is an imported list under its digest.
func isBlob(f File) bool {
	name, found := strings.CutPrefix(f.Name, blobFolder+"/")
	return found && f.SHA256.Valid() && name == string(f.SHA256)
}
