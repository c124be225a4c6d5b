module example.com/brokend

go 1.25.0
