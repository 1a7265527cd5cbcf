package main

import (
	"log"
	"os"

	fixtures "github.com/aquasecurity/bolt-fixtures"
)

func main() {
	loader, err := fixtures.New(os.Args[1], os.Args[2:])
	if err == nil {
		err = loader.Load()
	}
	if err == nil {
		err = loader.Close()
	}
	if err != nil {
		log.Fatal(err)
	}
}
