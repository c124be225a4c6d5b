// Package store keeps notes as files of a directory.
package store

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// ErrName is returned for names that cannot be a note's.
var ErrName = errors.New("bad note name")

// ErrNotFound is returned for notes that do not exist.
var ErrNotFound = errors.New("no such note")

var validName = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)

// Store is a directory of notes. Its methods may be called concurrently.
type Store struct{ dir string }

// Open returns the store in dir, which it creates if needed.
func Open(dir string) (*Store, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("opening the note store: %w", err)
	}
	return &Store{dir: dir}, nil
}

// Load returns the text of the named note.
func (s *Store) Load(name string) ([]byte, error) {
	path, err := s.path(name)
	if err != nil {
		return nil, err
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotFound
	}
	return text, err
}

// Save replaces the named note. A reader sees the old text or the new one.
func (s *Store) Save(name string, text []byte) (err error) {
	path, err := s.path(name)
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(s.dir, ".note-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(text); err != nil {
		f.Close()
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// Delete removes the named note.
func (s *Store) Delete(name string) error {
	path, err := s.path(name)
	if err != nil {
		return err
	}
	err = os.Remove(path)
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNotFound
	}
	return err
}

func (s *Store) path(name string) (string, error) {
	if !validName.MatchString(name) {
		return "", fmt.Errorf("%w: %q", ErrName, name)
	}
	return filepath.Join(s.dir, name+".txt"), nil
}
