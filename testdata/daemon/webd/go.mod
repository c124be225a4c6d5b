module example.com/webd

go 1.25.0
