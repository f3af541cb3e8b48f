package review

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/ai-lsp/ai-lsp/llm"
	"github.com/ai-lsp/ai-lsp/llm/prompt"
	"github.com/ai-lsp/ai-lsp/review/syntax"
)

// visit is one review under way.
type visit struct {
	r   *Reviewer
	ask Ask
	run *Run
	// salt is that of the pieces' keys.
	salt string

	mu     sync.Mutex // guards what follows, and calls of ask.Found and ask.Done
	result Result
	done   int
	told   map[string]bool // ids
	heard  []heard
}

// heard is what came of one request that was answered whole.
type heard struct {
	pieces  []piece
	records []record
	fresh   []fresh
}

// review tells what is known of pieces and asks about the rest. What another
// process is asking about is waited for.
func (v *visit) review(ctx context.Context, pieces []piece) error {
	missing := v.recall(ctx, pieces)
	if len(missing) > 0 && v.ask.Refused != "" {
		return &RefusedError{v.ask.Refused}
	}
	if !v.keeps() {
		return v.answer(ctx, missing)
	}
	missing, twins := unique(missing)
	for len(missing) > 0 {
		mine, theirs, others, release := v.r.flights.claim(missing)
		reserved, err := v.askReserved(ctx, mine, release)
		if err != nil {
			return err
		}
		land(ctx, others)
		v.r.options.Cache.Await(ctx, KindReview, keysOf(reserved))
		if err := ctx.Err(); err != nil {
			return &llm.Error{Class: llm.ClassCancelled, Err: err}
		}
		missing = v.recall(ctx, append(theirs, reserved...))
	}
	v.recall(ctx, twins)
	return nil
}

// unique takes pieces out that are the same as one before: its answer is theirs.
func unique(pieces []piece) (firsts, twins []piece) {
	seen := map[string]bool{}
	for _, p := range pieces {
		if seen[p.key] {
			twins = append(twins, p)
		} else {
			firsts = append(firsts, p)
		}
		seen[p.key] = true
	}
	return firsts, twins
}

// askReserved asks about the pieces that no other process asks about, and gives
// the others. landed is called at the end, whatever comes.
func (v *visit) askReserved(ctx context.Context, pieces []piece, landed func()) (reserved []piece, err error) {
	defer landed()
	if len(pieces) == 0 {
		return nil, nil
	}
	keys, release := v.r.options.Cache.Lease(ctx, keysOf(pieces))
	defer release()
	isMine := func(p piece) bool { return slices.Contains(keys, p.key) }
	reserved = slices.DeleteFunc(slices.Clone(pieces), isMine)
	mine := slices.DeleteFunc(slices.Clone(pieces), func(p piece) bool { return !isMine(p) })
	// Another window may have answered between the look and the lease.
	return reserved, v.answer(ctx, v.recall(ctx, mine))
}

func keysOf(pieces []piece) []string {
	keys := make([]string, len(pieces))
	for i, p := range pieces {
		keys[i] = p.key
	}
	return keys
}

// keeps says that answers are kept at all.
func (v *visit) keeps() bool { return v.r.options.Cache != nil && v.r.options.ReviewTTL() > 0 }

// recall puts on the board what is known of pieces, and gives those of which
// nothing is.
func (v *visit) recall(ctx context.Context, pieces []piece) (missing []piece) {
	if len(pieces) == 0 || !v.keeps() {
		return pieces
	}
	known := v.r.options.Cache.Find(ctx, KindReview, keysOf(pieces))
	for _, p := range pieces {
		rec, ok := readRecord(known[p.key])
		if !ok {
			missing = append(missing, p)
			continue
		}
		part := v.run.Part(p.Lines, true)
		for _, k := range rec.Issues {
			if f, fits := k.finding(v.ask.Doc, p); fits {
				v.show(part, f)
			}
		}
		v.gone(part.End(true))
	}
	if known := len(pieces) - len(missing); known > 0 {
		v.finished(known, true)
	}
	return missing
}

// answer asks about pieces, in as few requests as possible, all at once: the
// chain lets through as many as are allowed. The error is that of the first
// request that failed.
func (v *visit) answer(ctx context.Context, pieces []piece) error {
	batches := pack(v.ask.Doc, pieces)
	errs, faults := make([]error, len(batches)), make([]any, len(batches))
	var running sync.WaitGroup
	for i, batch := range batches {
		running.Go(func() {
			defer func() { faults[i] = recover() }()
			errs[i] = v.request(ctx, batch)
		})
	}
	running.Wait()
	for i, err := range errs {
		if faults[i] != nil {
			panic(faults[i]) // where whoever asked can survive it
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// request asks about pieces in one request, or in two where one is too long for
// the model. The pieces count as reviewed when it was answered whole.
func (v *visit) request(ctx context.Context, batch []piece) error {
	req, err := prompt.Review().Request(prompt.Data{Language: languageOf(v.ask.Doc), Parts: partsOf(v.ask.Doc, batch)})
	if err != nil {
		return err
	}
	req.Interactive, req.Restartable = v.ask.Interactive, true
	in := newIntake(v, batch)
	err = v.converse(ctx, req, in)
	if half := len(batch) / 2; half > 0 && llm.ClassOf(err) == llm.ClassTooLong {
		first := v.request(ctx, batch[:half])
		return cmp.Or(v.request(ctx, batch[half:]), first)
	}
	v.r.misses.Add(uint64(len(batch)))
	whole := err == nil && !in.partial
	for _, part := range in.parts {
		v.gone(part.End(whole))
	}
	if !whole {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.result.Partial = true
		return err
	}
	answered := heard{batch, in.records, in.fresh}
	v.keep(ctx, answered)
	v.mu.Lock()
	v.heard = append(v.heard, answered)
	v.mu.Unlock()
	v.finished(len(batch), false)
	return nil
}

// keep stores what was said of pieces.
func (v *visit) keep(ctx context.Context, answered heard) {
	if !v.keeps() || v.r.salt(ctx, v.ask.Doc) != v.salt {
		return // another model was chosen meanwhile, and nobody knows which has answered
	}
	entries := make(map[string][]byte, len(answered.pieces))
	for i, p := range answered.pieces {
		entries[p.key] = answered.records[i].encode()
	}
	// It was paid for: it is kept also when the one who asked has gone.
	v.r.options.Cache.Put(context.WithoutCancel(ctx), KindReview, v.r.options.ReviewTTL(), entries)
}

// converse asks, and asks once more when the reply can not be read at all.
func (v *visit) converse(ctx context.Context, req llm.Request, in *intake) error {
	reply, err := v.listen(ctx, req, in)
	if err != nil || in.whole(reply.Text) {
		return err
	}
	in.restart()
	reply, err = v.listen(ctx, prompt.Repair(req, reply.Text), in)
	if err != nil || in.whole(reply.Text) {
		return err
	}
	return errUnusable
}

// listen makes one call and takes in issues while they arrive.
func (v *visit) listen(ctx context.Context, req llm.Request, in *intake) (llm.Reply, error) {
	v.called()
	drain := in.open()
	defer func() {
		if in.work != nil {
			drain()
		}
	}()
	in.begin()
	reply, err := v.r.model.Complete(ctx, req, func(e llm.Event) {
		if e.Restart {
			in.restart()
		}
		in.hear(e.Text)
	})
	drain()
	broken, _ := in.items.Dropped() // why is of no use to anyone here
	v.dropped(broken)
	return reply, err
}

// show puts a finding on the board and tells of it, unless it is not to be
// shown. It gives the id under which it stands, and false when it is not shown.
func (v *visit) show(part *Part, f Finding) (id string, shown bool) {
	first, last := f.Anchor.First(), f.Anchor.Last()
	far := v.ask.Near && !slices.ContainsFunc(v.ask.Wanted, func(l syntax.Lines) bool {
		return first <= l.Last+1 && last >= l.First-1
	})
	f, stands := part.Add(f, far)
	if !stands || f.Confidence < v.ask.MinConfidence {
		return "", false
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.told[f.ID] {
		return f.ID, true // again, after the answer began anew
	}
	v.told[f.ID] = true
	v.result.Findings++
	if v.ask.Found != nil {
		v.ask.Found(f)
	}
	return f.ID, true
}

// gone takes back what was told and does not stand any more.
func (v *visit) gone(ids []string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	for _, id := range ids {
		if v.told[id] {
			delete(v.told, id)
			v.result.Findings--
		}
	}
}

// finished counts units that are done.
func (v *visit) finished(units int, known bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.done += units
	if known {
		v.result.Cached += units
	}
	if v.ask.Done != nil {
		v.ask.Done(v.done, v.result.Units)
	}
}

func (v *visit) called() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.result.Calls++
}

func (v *visit) dropped(n int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.result.Dropped += n
}

// lookAgain asks the model to confirm what it has found. What it takes back is
// kept, with the reason, and not shown. That the call fails changes nothing.
func (v *visit) lookAgain(ctx context.Context) {
	var findings []Finding
	var with []syntax.Lines // what they were found with
	var from []*heard
	var about []fresh
	for i := range v.heard {
		for _, one := range v.heard[i].fresh {
			findings, about, from = append(findings, one.finding), append(about, one), append(from, &v.heard[i])
			with = append(with, v.heard[i].pieces[one.piece].Context...)
		}
	}
	rejected, calls, err := v.r.secondLook(ctx, v.ask.Doc, findings, with, v.ask.Interactive)
	v.result.Calls += calls
	v.result.Unverified = err
	touched := map[*heard]bool{}
	for i, reason := range rejected {
		from[i].records[about[i].piece].Issues[about[i].issue].Rejected = reason
		touched[from[i]] = true
		if v.run.Reject(about[i].id, reason) {
			v.result.Rejected++
			v.result.Findings--
		}
	}
	for answered := range touched {
		v.keep(ctx, *answered)
	}
}
