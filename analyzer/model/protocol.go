package model

import "strings"

// protocols are what the servers of packages speak, which names their logical
// listeners where the configuration says nothing more telling.
var protocols = map[string]string{
	"net/http":                                   "http",
	"github.com/gin-gonic/gin":                   "http",
	"github.com/labstack/echo":                   "http",
	"github.com/gofiber/fiber":                   "http",
	"github.com/valyala/fasthttp":                "http",
	"github.com/kataras/iris":                    "http",
	"github.com/quic-go/quic-go/http3":           "http3",
	"github.com/quic-go/quic-go":                 "quic",
	"github.com/prometheus/exporter-toolkit/web": "http",
	"github.com/tylerb/graceful":                 "http",
	"gopkg.in/tylerb/graceful.v1":                "http",
	"github.com/zenazn/goji":                     "http",
	"github.com/fvbock/endless":                  "http",
	"github.com/facebookgo/grace":                "http",
	"github.com/beego/beego":                     "http",
	"github.com/urfave/negroni":                  "http",
	"github.com/go-martini/martini":              "http",
	"gopkg.in/macaron.v1":                        "http",
	"github.com/flamego/flamego":                 "http",
	"github.com/miekg/dns":                       "dns",
	"codeberg.org/miekg/dns":                     "dns",
	"github.com/gliderlabs/ssh":                  "ssh",
	"github.com/charmbracelet/ssh":               "ssh",
	"github.com/tidwall/redcon":                  "redis",
	"github.com/emersion/go-smtp":                "smtp",
	"github.com/emersion/go-imap":                "imap",
	"goftp.io/server":                            "ftp",
	"github.com/fclairamb/ftpserverlib":          "ftp",
	"github.com/mochi-mqtt/server":               "mqtt",
	"github.com/nats-io/nats-server":             "nats",
	"github.com/nmcclain/ldap":                   "ldap",
	"github.com/glauth/ldap":                     "ldap",
	"github.com/vjeantet/ldapserver":             "ldap",
	"github.com/armon/go-socks5":                 "socks",
	"github.com/things-go/go-socks5":             "socks",
	"github.com/hashicorp/memberlist":            "gossip",
	"github.com/hashicorp/raft":                  "raft",
	"github.com/hashicorp/mdns":                  "mdns",
	"github.com/insomniacslk/dhcp":               "dhcp",
}

// ProtocolOf returns the protocol that a function which listens serves, ""
// when it is not known or none.
func ProtocolOf(callee string) string {
	for pkg := PkgOf(callee); pkg != ""; {
		if p := protocols[pkg]; p != "" {
			return p
		}
		i := strings.LastIndexByte(pkg, '/')
		if i < 0 {
			break
		}
		pkg = pkg[:i]
	}
	return ""
}
