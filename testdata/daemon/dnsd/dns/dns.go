// Package dns reads queries and writes answers in the wire format of RFC
// 1035: one question, at most one A record, no EDNS.
package dns

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// MaxUDP is the longest message over UDP without EDNS.
const MaxUDP = 512

const (
	headerLen = 12
	maxLabel  = 63
	maxName   = 255

	flagResponse      = 1 << 15
	flagAuthoritative = 1 << 10
	flagRecursion     = 1 << 8 // desired; echoed in the answer
	maskOpcode        = 0xf << 11
)

// Types and classes of questions.
const (
	TypeA   = 1
	ClassIN = 1
)

// A Code is the result of a query.
type Code uint16

// The codes that a server of ours returns.
const (
	Success        Code = 0
	FormatError    Code = 1
	NameError      Code = 3
	NotImplemented Code = 4
)

// A Query is a message with one question.
type Query struct {
	ID    uint16
	Flags uint16
	Name  string // without the final dot
	Type  uint16
	Class uint16
}

// Standard reports whether q has opcode QUERY.
func (q *Query) Standard() bool { return q.Flags&maskOpcode == 0 }

var errShort = errors.New("message too short")

// ParseQuery reads a query. Sections after the question are ignored. If msg
// is a query that we don't understand, the result has its ID beside the error.
func ParseQuery(msg []byte) (Query, error) {
	var q Query
	if len(msg) < headerLen {
		return q, errShort
	}
	flags := binary.BigEndian.Uint16(msg[2:])
	if flags&flagResponse != 0 {
		return q, errors.New("not a query") // answering it could start a loop
	}
	q.ID, q.Flags = binary.BigEndian.Uint16(msg), flags
	if n := binary.BigEndian.Uint16(msg[4:]); n != 1 {
		return q, fmt.Errorf("%d questions", n)
	}
	name, rest, err := parseName(msg[headerLen:])
	if err != nil {
		return q, err
	}
	if len(rest) < 4 {
		return q, errShort
	}
	q.Name = name
	q.Type = binary.BigEndian.Uint16(rest)
	q.Class = binary.BigEndian.Uint16(rest[2:])
	return q, nil
}

// parseName reads a name without compression: there is nothing that a
// question could point back to.
func parseName(b []byte) (name string, rest []byte, err error) {
	var labels []string
	for size := 0; ; {
		if len(b) == 0 {
			return "", nil, errShort
		}
		n := int(b[0])
		b = b[1:]
		if n == 0 {
			return strings.Join(labels, "."), b, nil
		}
		if size += n + 1; n > maxLabel || size >= maxName {
			return "", nil, errors.New("bad name")
		}
		if len(b) < n {
			return "", nil, errShort
		}
		labels = append(labels, string(b[:n]))
		b = b[n:]
	}
}

// AppendQuestion appends the message that asks q. It is the inverse of
// ParseQuery.
func AppendQuestion(b []byte, q Query) ([]byte, error) {
	b = appendHeader(b, q.ID, q.Flags, 1, 0)
	return appendQuestion(b, q)
}

// AppendAnswer appends the answer to q: code, and addr if it is valid.
func AppendAnswer(b []byte, q Query, code Code, addr netip.Addr, ttl uint32) ([]byte, error) {
	flags := flagResponse | flagAuthoritative | q.Flags&(flagRecursion|maskOpcode) | uint16(code)
	if code == FormatError { // we may not have understood the question
		return appendHeader(b, q.ID, flags, 0, 0), nil
	}
	if !addr.IsValid() {
		return appendQuestion(appendHeader(b, q.ID, flags, 1, 0), q)
	}
	b, err := appendQuestion(appendHeader(b, q.ID, flags, 1, 1), q)
	if err != nil {
		return nil, err
	}
	b = append(b, 0xc0, headerLen) // the name of the question
	b = binary.BigEndian.AppendUint16(b, TypeA)
	b = binary.BigEndian.AppendUint16(b, ClassIN)
	b = binary.BigEndian.AppendUint32(b, ttl)
	b = binary.BigEndian.AppendUint16(b, 4)
	ip := addr.As4()
	return append(b, ip[:]...), nil
}

func appendHeader(b []byte, id, flags, questions, answers uint16) []byte {
	for _, v := range []uint16{id, flags, questions, answers, 0, 0} {
		b = binary.BigEndian.AppendUint16(b, v)
	}
	return b
}

func appendQuestion(b []byte, q Query) ([]byte, error) {
	if len(q.Name) > maxName-2 {
		return nil, fmt.Errorf("bad name %q", q.Name)
	}
	if q.Name != "" {
		for label := range strings.SplitSeq(q.Name, ".") {
			if label == "" || len(label) > maxLabel {
				return nil, fmt.Errorf("bad name %q", q.Name)
			}
			b = append(b, byte(len(label)))
			b = append(b, label...)
		}
	}
	b = append(b, 0)
	b = binary.BigEndian.AppendUint16(b, q.Type)
	return binary.BigEndian.AppendUint16(b, q.Class), nil
}
