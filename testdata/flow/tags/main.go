// Variants of one function for two systems and behind a tag.
package main

func main() { listen() }
