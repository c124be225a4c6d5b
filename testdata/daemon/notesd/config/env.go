package config

import "os"

const defaultMetricsPort = "9090"

// FromEnv returns a Config with what the environment decides.
func FromEnv() *Config {
	return &Config{
		MetricsPort: getenv("METRICS_PORT", defaultMetricsPort),
		Control:     os.Getenv("NOTES_CONTROL"),
	}
}

// getenv returns the value of key, or def if it is unset or empty.
func getenv(key, def string) string {
	if v := os.Getenv(key); v != "" {
		return v
	}
	return def
}
