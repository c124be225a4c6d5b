// Command protobuf reads a message in its text form, with what protoc-gen-go
// writes for it cut down to fields and getters.
package main

import (
	"log"
	"net"
	"net/http"
	"os"

	"google.golang.org/protobuf/encoding/prototext"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// Config is a message.
type Config struct {
	protoreflect.ProtoMessage

	ListenAddress string    `protobuf:"bytes,1,opt,name=listen_address,json=listenAddress,proto3" json:"listen_address,omitempty"`
	Metrics       *Endpoint `protobuf:"bytes,2,opt,name=metrics,proto3" json:"metrics,omitempty"`
}

// GetListenAddress returns the field.
func (x *Config) GetListenAddress() string {
	if x != nil {
		return x.ListenAddress
	}
	return ""
}

// GetMetrics returns the field.
func (x *Config) GetMetrics() *Endpoint {
	if x != nil {
		return x.Metrics
	}
	return nil
}

// Endpoint is a message.
type Endpoint struct {
	Addr string `protobuf:"bytes,1,opt,name=addr,proto3" json:"addr,omitempty"`
}

// GetAddr returns the field.
func (x *Endpoint) GetAddr() string {
	if x != nil {
		return x.Addr
	}
	return ""
}

var _ proto.Message = (*Config)(nil)

func main() {
	b, err := os.ReadFile("/etc/demo.textproto")
	if err != nil {
		log.Fatal(err)
	}
	c := new(Config)
	if err := prototext.Unmarshal(b, c); err != nil {
		log.Fatal(err)
	}
	go http.ListenAndServe(c.GetMetrics().GetAddr(), nil) // want listen safe address=file:metrics.addr
	l, err := net.Listen("tcp", c.GetListenAddress())     // want listen safe address=file:listen_address
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(l, nil))
}
