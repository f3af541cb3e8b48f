package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	_ "modernc.org/sqlite" // registers the driver
)

// usualPatience is how long a process waits for another one to let the file
// go, before it goes on in memory.
const usualPatience = 900 * time.Millisecond

// link is one connection to a database. It is dialled once: a pool would
// open the file anew by its name whenever it sees fit, and by then the name
// may belong to another file. Its user sees to it that one call runs at a
// time.
type link struct {
	pool     *sql.DB
	conn     *sql.Conn
	prepared map[string]*sql.Stmt
}

// access is how a link may use its file.
type access struct {
	query   string   // of the URI
	pragmas []string // beside the usual ones; nil: none at all
}

var (
	accessWrite     = access{"mode=rw&_defensive=1", usual}
	accessRead      = access{"mode=ro&_defensive=1", append(slices.Clip(usual), "query_only(on)")}
	accessImmutable = access{"immutable=1&_defensive=1", usual} // no locks, no -wal: for a folder in which nothing can be made
	accessMemory    = access{"mode=memory", usual}

	// To save what can be read, nothing is to be read before it is asked for;
	// writable_schema makes SQLite content with a file that is too short.
	accessDamaged          = access{"mode=ro", []string{"writable_schema(on)"}}
	accessDamagedImmutable = access{"immutable=1", []string{"writable_schema(on)"}}
)

// usual is what each connection is set to.
var usual = []string{
	"synchronous(normal)",         // a killed process loses nothing, a power cut at most the last moments
	"cache_size(-512)",            // KiB; the system caches the file as well
	"journal_size_limit(4194304)", // what a long transaction made of the -wal is given back
	"temp_store(memory)", "trusted_schema(off)", "cell_size_check(on)",
}

// dial opens a connection. No file is made.
func dial(ctx context.Context, path string, how access, patience time.Duration) (*link, error) {
	pool, err := sql.Open("sqlite", locator(path, how, patience))
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	pool.SetMaxOpenConns(1)
	conn, err := pool.Conn(ctx)
	if err != nil {
		_ = pool.Close()
		return nil, fmt.Errorf("connect to the database: %w", err)
	}
	return &link{pool: pool, conn: conn, prepared: map[string]*sql.Stmt{}}, nil
}

// locator is the URI of a database; an empty path is one in memory.
func locator(path string, how access, patience time.Duration) string {
	values := url.Values{"_pragma": how.pragmas, "_busy_timeout": {fmt.Sprint(patience.Milliseconds())}, "_dqs": {"0"}}
	file := ":memory:"
	if path != "" {
		file = filepath.ToSlash(path)
		if !strings.HasPrefix(file, "/") {
			file = "/" + file // C:/…
		}
		file = (&url.URL{Path: file}).EscapedPath()
	}
	return "file:" + file + "?" + how.query + "&" + values.Encode()
}

// close ends the connection; the last one of all processes also moves the -wal
// into the file.
func (l *link) close() error {
	var errs []error
	for _, stmt := range l.prepared {
		errs = append(errs, stmt.Close())
	}
	return errors.Join(append(errs, l.conn.Close(), l.pool.Close())...)
}

// statement prepares a query at its first use.
func (l *link) statement(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt, ok := l.prepared[query]; ok {
		return stmt, nil
	}
	stmt, err := l.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("prepare: %w", err)
	}
	l.prepared[query] = stmt
	return stmt, nil
}

// exec runs a statement and says how many rows it changed.
func (l *link) exec(ctx context.Context, query string, args ...any) (int, error) {
	stmt, err := l.statement(ctx, query)
	if err != nil {
		return 0, err
	}
	result, err := stmt.ExecContext(ctx, args...)
	if err != nil {
		return 0, fmt.Errorf("execute: %w", err)
	}
	n, err := result.RowsAffected()
	return int(n), err
}

// each calls scan for every row of the answer.
func (l *link) each(ctx context.Context, scan func(*sql.Rows) error, query string, args ...any) error {
	stmt, err := l.statement(ctx, query)
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return fmt.Errorf("query: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fmt.Errorf("scan: %w", err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("read rows: %w", err)
	}
	return nil
}

// number is the one number of the answer; 0 where there is no row.
func (l *link) number(ctx context.Context, query string, args ...any) (n int64, err error) {
	err = l.each(ctx, func(rows *sql.Rows) error { return rows.Scan(&n) }, query, args...)
	return n, err
}

// transact runs f between BEGIN and COMMIT. The lock for writing is taken at
// once, so that f never fails half-way for want of it.
func (l *link) transact(ctx context.Context, f func() error) (err error) {
	if _, err := l.exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_, _ = l.exec(ctx, "ROLLBACK") // SQLite may have done so by itself
		}
	}()
	if err := f(); err != nil {
		return err
	}
	_, err = l.exec(ctx, "COMMIT")
	return err
}
