package store

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"io/fs"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// fault is what an error says about the file.
type fault int

const (
	faultNone       fault = iota // nothing: the error is the caller's
	faultLocked                  // another process holds it longer than we wait
	faultFull                    // no room to write
	faultReadOnly                // not for us to write
	faultDamaged                 // no database, or a broken one
	faultUnreadable              // anything else that keeps us from it
)

// faultOf sorts errors of the driver, https://sqlite.org/rescode.html.
func faultOf(err error) fault {
	if errors.Is(err, errDamaged) {
		return faultDamaged
	}
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, fs.ErrPermission) {
		return faultUnreadable
	}
	told, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return faultNone
	}
	switch told.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PROTOCOL:
		return faultLocked
	case sqlite3.SQLITE_FULL:
		return faultFull
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return faultReadOnly
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return faultDamaged
	case sqlite3.SQLITE_IOERR:
		return faultOfIO(told.Code())
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_AUTH, sqlite3.SQLITE_NOLFS, sqlite3.SQLITE_MISUSE:
		return faultUnreadable
	}
	return faultNone
}

// faultOfIO tells failed writes from failed reads: a bound on the size of files
// or a quota shows as the former.
func faultOfIO(code int) fault {
	switch code {
	case sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC,
		sqlite3.SQLITE_IOERR_TRUNCATE, sqlite3.SQLITE_IOERR_SHMSIZE:
		return faultFull
	case sqlite3.SQLITE_IOERR_SHORT_READ, sqlite3.SQLITE_IOERR_DATA, sqlite3.SQLITE_IOERR_CORRUPTFS:
		return faultDamaged
	}
	return faultUnreadable
}
