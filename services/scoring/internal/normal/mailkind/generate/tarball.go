package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
)

// unpack returns the regular files of a gzipped tar archive by path.
func unpack(archive []byte) (map[string]string, error) {
	plain, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return nil, err
	}
	files := map[string]string{}
	for reader := tar.NewReader(plain); ; {
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if header.Typeflag != tar.TypeReg {
			continue
		}
		content, err := io.ReadAll(reader)
		if err != nil {
			return nil, err
		}
		files[header.Name] = string(content)
	}
}
