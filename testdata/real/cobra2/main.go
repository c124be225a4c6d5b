// Command cobra2 is laid out as cobra-cli generates it: commands and flags in
// package variables and init functions, with viper behind the flags.
package main

import (
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/viper"
)

var (
	cfgFile   string
	adminAddr string

	rootCmd = &cobra.Command{Use: "cobra2"}

	serveCmd = &cobra.Command{
		Use:  "serve",
		RunE: runServe,
	}
)

func init() {
	cobra.OnInitialize(initConfig)
	rootCmd.PersistentFlags().StringVar(&cfgFile, "config", "", "config file")
	serveCmd.Flags().StringVar(&adminAddr, "admin", "localhost:6060", "address of the administration")
	serveCmd.Flags().StringP("listen", "l", ":8080", "address to listen on")
	serveCmd.Flags().Int("health-port", 8081, "port of the health check")
	viper.BindPFlag("http.listen", serveCmd.Flags().Lookup("listen"))
	if err := viper.BindPFlag("health.port", serveCmd.Flags().Lookup("health-port")); err != nil {
		panic(err)
	}
	rootCmd.AddCommand(serveCmd)
}

func initConfig() {
	if cfgFile != "" {
		viper.SetConfigFile(cfgFile)
	} else {
		viper.AddConfigPath("/etc/cobra2")
		viper.SetConfigName("config")
	}
	viper.SetEnvPrefix("cobra2")
	viper.SetEnvKeyReplacer(strings.NewReplacer(".", "_"))
	viper.AutomaticEnv()
	if err := viper.ReadInConfig(); err == nil {
		fmt.Fprintln(os.Stderr, "using", viper.ConfigFileUsed())
	}
}

func runServe(cmd *cobra.Command, args []string) error {
	go http.ListenAndServe(adminAddr, nil)                                       // want listen safe address=flag:--admin="localhost:6060"
	go http.ListenAndServe(fmt.Sprintf(":%d", viper.GetInt("health.port")), nil) // want listen safe port=flag:--health-port="8081" port=env:COBRA2_HEALTH_PORT port=file:health.port
	srv := &http.Server{Addr: viper.GetString("http.listen")}
	return srv.ListenAndServe() // want listen safe address=flag:--listen=":8080" address=env:COBRA2_HTTP_LISTEN address=file:http.listen
}

func main() {
	if err := rootCmd.Execute(); err != nil {
		os.Exit(1)
	}
}
