package server

import (
	"errors"
	"io"
	"net/http"

	"example.com/notes/store"
)

// maxNote bounds what one PUT may store.
const maxNote = 1 << 20

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "ok\n")
	})
	mux.HandleFunc("GET /notes/{name}", s.handle(func(w http.ResponseWriter, r *http.Request) error {
		text, err := s.notes.Load(r.PathValue("name"))
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, err = w.Write(text)
		return err
	}))
	mux.HandleFunc("PUT /notes/{name}", s.handle(func(w http.ResponseWriter, r *http.Request) error {
		text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxNote))
		if err != nil {
			return err
		}
		if err := s.notes.Save(r.PathValue("name"), text); err != nil {
			return err
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}))
	mux.HandleFunc("DELETE /notes/{name}", s.handle(func(w http.ResponseWriter, r *http.Request) error {
		if err := s.notes.Delete(r.PathValue("name")); err != nil {
			return err
		}
		w.WriteHeader(http.StatusNoContent)
		return nil
	}))
	return mux
}

// handle counts requests and turns errors into responses.
func (s *Server) handle(f func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		err := f(w, r)
		var tooBig *http.MaxBytesError
		switch {
		case err == nil:
		case errors.Is(err, store.ErrNotFound):
			http.Error(w, err.Error(), http.StatusNotFound)
		case errors.Is(err, store.ErrName):
			http.Error(w, err.Error(), http.StatusBadRequest)
		case errors.As(err, &tooBig):
			http.Error(w, "note too long", http.StatusRequestEntityTooLarge)
		default:
			s.failures.Add(1)
			s.log.Error("request failed", "method", r.Method, "path", r.URL.Path, "err", err)
			http.Error(w, "internal error", http.StatusInternalServerError)
		}
	}
}
