package rpc

import "sync"

// messageWeight is what a waiting message costs beside its body: the decoded
// form, a context, an entry in the table of requests.
const messageWeight = 1 << 10

// task is a message on its way through the lane.
type task struct {
	message *Message
	request *request // nil for a notification
	weight  int64
}

// lane hands tasks on one at a time, in the order in which they came. It does
// not block who pushes: the reader looks at the valve before it reads on.
type lane struct {
	valve valve
	wake  chan struct{} // holds one token: there is something new to see

	mu     sync.Mutex // guards the rest
	tasks  queue[task]
	closed bool
}

func newLane(maxBytes int64) *lane {
	return &lane{valve: valve{max: maxBytes}, wake: make(chan struct{}, 1)}
}

func (l *lane) push(t task) {
	l.mu.Lock()
	l.tasks.push(t)
	l.mu.Unlock()
	l.valve.add(t.weight)
	signal(l.wake)
}

// close lets run return once the lane is empty.
func (l *lane) close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	signal(l.wake)
}

// clear forgets what waits.
func (l *lane) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tasks = queue[task]{}
}

func (l *lane) pop() (t task, ok, closed bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t, ok = l.tasks.pop()
	return t, ok, l.closed
}

// run calls handle for each task until the lane is closed and empty.
func (l *lane) run(handle func(task)) {
	for {
		t, ok, closed := l.pop()
		switch {
		case ok:
			handle(t)
			l.valve.sub(t.weight)
		case closed:
			return
		default:
			<-l.wake
		}
	}
}

// signal leaves a token in c unless one is there.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
