package launch_test

import (
	"os"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"inheritfd/fixer/launch"
)

// TestAccepts has a thread wait for a socket in each way that is no epoll.
func TestAccepts(t *testing.T) {
	ways := map[string]func(socket, wake int){
		"accept": func(socket, wake int) {
			fd, _, err := unix.Accept(socket) // of the connection that ends the test
			if err == nil {
				unix.Close(fd)
			}
		},
		"poll": func(socket, wake int) {
			_, _ = unix.Poll([]unix.PollFd{{Fd: int32(wake), Events: unix.POLLIN}, {Fd: int32(socket), Events: unix.POLLIN}}, -1)
		},
		"select": func(socket, wake int) {
			var set unix.FdSet
			set.Set(socket)
			set.Set(wake)
			_, _ = unix.Select(max(socket, wake)+1, &set, nil, nil, nil)
		},
	}
	for name, wait := range ways {
		t.Run(name, func(t *testing.T) {
			s, err := launch.Open(launch.Spec{Network: "tcp", Address: "127.0.0.1:0"})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			inode, err := s.Inode()
			if err != nil {
				t.Fatal(err)
			}
			if err := unix.SetNonblock(s.FD(), false); err != nil { // for accept
				t.Fatal(err)
			}
			var wake [2]int
			if err := unix.Pipe2(wake[:], unix.O_CLOEXEC); err != nil {
				t.Fatal(err)
			}
			defer unix.Close(wake[0])
			done := make(chan struct{})
			if launch.Accepts(os.Getpid(), []uint64{inode}) {
				t.Error("nobody waits yet")
			}
			go func() {
				defer close(done)
				runtime.LockOSThread()
				wait(s.FD(), wake[0])
			}()
			for end := time.Now().Add(10 * time.Second); !launch.Accepts(os.Getpid(), []uint64{inode}); runtime.Gosched() {
				if time.Now().After(end) {
					t.Error("it does not show that a thread waits")
					break
				}
			}
			if name != "accept" && launch.Accepts(os.Getpid(), []uint64{inode + 1<<40}) {
				t.Error("it waits for another socket")
			}
			unix.Close(wake[1])
			if name == "accept" {
				_ = unix.Shutdown(s.FD(), unix.SHUT_RDWR) // error: it has accepted something
			}
			<-done
		})
	}
}
