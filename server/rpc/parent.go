package rpc

import (
	"encoding/json"
	"math"
	"time"
)

// watchParent ends the session when the process that initialize names is gone.
// A process that cannot be seen from the start lives elsewhere, on another
// machine or outside this container: then the pipe alone tells.
func (c *Conn) watchParent(params json.RawMessage) {
	var p struct {
		ProcessID int64 `json:"processId"`
	}
	if json.Unmarshal(params, &p) != nil || p.ProcessID <= 0 || p.ProcessID > math.MaxInt32 {
		return
	}
	pid := int(p.ProcessID)
	if !c.options.ProcessAlive(pid) {
		c.options.Log("process %d of the client is not to be seen: not watched", pid)
		return
	}
	if !c.watchers.add(1) {
		return
	}
	go func() {
		defer c.watchers.done()
		tick := time.NewTicker(c.options.ParentPoll)
		defer tick.Stop()
		for {
			select {
			case <-c.closing:
				return
			case <-tick.C:
			}
			if !c.options.ProcessAlive(pid) {
				c.options.Log("process %d of the client is gone", pid)
				c.end(endInput)
				return
			}
		}
	}()
}
