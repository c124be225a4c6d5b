package conf

// The names stand in another file than the calls that use them.
const (
	envHTTP  = "APP_HTTP"
	envAdmin = "APP_ADMIN"
)
