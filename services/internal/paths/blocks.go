package paths

import (
	"bytes"
	"errors"
	"io"
	"slices"
)

const (
	blockSize = 256 << 10 // what a core has near it
	// maxRecord bounds a record: a quote that is never closed shall not read a whole file into memory.
	maxRecord = 64 << 20
)

// block is a piece of the file that begins and ends with a record.
type block struct {
	bytes []byte // with padding behind
	end   int
	line  int64
}

// blocks cuts a file where records end.
type blocks struct {
	in       io.Reader
	progress func(int64)
	rest     []byte // was read and belongs to the next block
	line     int64  // at which it begins
	done     int64
	ended    bool
}

// header reads the first record that is not an empty line.
func (b *blocks) header() ([]byte, error) {
	b.line = 1
	for {
		if end := headerEnd(b.rest); end >= 0 || b.ended {
			if end < 0 {
				end = len(b.rest)
			}
			header := slices.Clone(b.rest[:end])
			if len(bytes.TrimSpace(header)) == 0 && b.ended {
				return nil, errors.New("the file is empty")
			}
			b.rest = b.rest[end:]
			b.line += int64(bytes.Count(header, []byte{'\n'}))
			return header, nil
		}
		if len(b.rest) > maxRecord {
			return nil, &LineError{1, errOpenQuote}
		}
		if err := b.more(1 << 16); err != nil {
			return nil, err
		}
	}
}

// headerEnd is behind the first line end that is not within quotes and has something before it; -1 if there is none.
func headerEnd(text []byte) int {
	quoted, blank := false, true
	for i, c := range text {
		switch {
		case c == '"':
			quoted, blank = !quoted, false
		case c == '\n' && !quoted && !blank:
			return i + 1
		case c != '\n' && c != '\r':
			blank = false
		}
	}
	return -1
}

// more reads more of the file behind the rest.
func (b *blocks) more(size int) error {
	b.rest = slices.Grow(b.rest, size+padding)
	n, err := io.ReadFull(b.in, b.rest[len(b.rest):len(b.rest)+size])
	b.rest = b.rest[:len(b.rest)+n]
	b.done += int64(n)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		b.ended = true
		return nil
	}
	return err
}

// all hands out the blocks of the file, until it is told to stop.
func (b *blocks) all(filled chan<- block, empty <-chan []byte, stop <-chan struct{}) error {
	defer close(filled)
	for free := cap(empty) - 1; ; {
		if err := b.more(blockSize); err != nil {
			return err
		}
		end := wholeRecords(b.rest)
		if b.ended || len(b.rest) > maxRecord { // a quote was opened by mistake, and its reader will say where
			end = len(b.rest)
		}
		if end > 0 {
			var next []byte
			if free > 0 {
				free--
				next = make([]byte, 0, blockSize+blockSize/8+padding)
			} else {
				next = <-empty
			}
			next = append(next[:0], b.rest[end:]...)
			one := block{bytes: slices.Grow(b.rest, padding)[:len(b.rest)+padding], end: end, line: b.line}
			b.line += int64(bytes.Count(b.rest[:end], []byte{'\n'}))
			select {
			case filled <- one:
			case <-stop:
				return nil
			}
			b.rest = next
		}
		if b.progress != nil {
			b.progress(b.done)
		}
		if b.ended {
			return nil
		}
	}
}
