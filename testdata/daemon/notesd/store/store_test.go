package store

import (
	"errors"
	"testing"
)

func TestStore(t *testing.T) {
	s, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Load("todo"); !errors.Is(err, ErrNotFound) {
		t.Errorf("Load of a missing note: %v, want ErrNotFound", err)
	}
	if err := s.Save("todo", []byte("milk")); err != nil {
		t.Fatal(err)
	}
	if text, err := s.Load("todo"); err != nil || string(text) != "milk" {
		t.Errorf("Load = %q, %v", text, err)
	}
	if err := s.Delete("todo"); err != nil {
		t.Error(err)
	}
	if err := s.Save("../etc/passwd", nil); !errors.Is(err, ErrName) {
		t.Errorf("Save outside the store: %v, want ErrName", err)
	}
}
