package store

import (
	"context"
	"errors"
	"fmt"
)

// applicationID marks our files. It stands at a fixed place of the header.
const applicationID = 0x61694c53 // "aiLS"

// migrations lead from each version of the schema to the next; the version is
// the number of those that were run. A released one is never edited.
var migrations = []string{
	`CREATE TABLE entry (
		id      INTEGER PRIMARY KEY,
		kind    TEXT    NOT NULL,
		key     TEXT    NOT NULL,
		expires INTEGER NOT NULL, -- microseconds since 1970; 0: never
		written INTEGER NOT NULL, -- microseconds since 1970
		used    INTEGER NOT NULL, -- seconds since 1970, to the hour or so
		sum     BLOB    NOT NULL,
		value   BLOB    NOT NULL, -- last, so that the rest is read without it
		UNIQUE (kind, key)
	) STRICT;
	CREATE INDEX entry_used ON entry (used) WHERE expires > 0;
	CREATE INDEX entry_expires ON entry (expires) WHERE expires > 0;

	CREATE TABLE lease (
		key   TEXT    PRIMARY KEY,
		owner TEXT    NOT NULL,
		pid   INTEGER NOT NULL,
		host  TEXT    NOT NULL,
		start TEXT    NOT NULL,
		until INTEGER NOT NULL, -- microseconds since 1970
		span  INTEGER NOT NULL  -- microseconds: how long it was taken for
	) STRICT, WITHOUT ROWID;

	CREATE TABLE counter (
		name TEXT    PRIMARY KEY,
		n    INTEGER NOT NULL
	) STRICT, WITHOUT ROWID;
	INSERT INTO counter (name, n) VALUES ('weight', 0);

	-- What all entries that expire weigh: the value, and about what a row costs.
	-- Damage may have made a value NULL.
	CREATE TRIGGER entry_insert AFTER INSERT ON entry WHEN NEW.expires > 0 BEGIN
		UPDATE counter SET n = n + coalesce(length(NEW.value), 0) + 200 WHERE name = 'weight';
	END;
	CREATE TRIGGER entry_delete AFTER DELETE ON entry WHEN OLD.expires > 0 BEGIN
		UPDATE counter SET n = n - coalesce(length(OLD.value), 0) - 200 WHERE name = 'weight';
	END;
	CREATE TRIGGER entry_update AFTER UPDATE OF expires, value ON entry BEGIN
		UPDATE counter SET n = n
			+ (NEW.expires > 0) * (coalesce(length(NEW.value), 0) + 200)
			- (OLD.expires > 0) * (coalesce(length(OLD.value), 0) + 200) WHERE name = 'weight';
	END;`,
}

// state is what a file turned out to be.
type state int

const (
	stateReady   state = iota
	stateFresh         // empty
	stateOlder         // to be migrated
	stateNewer         // of a newer version
	stateForeign       // of another program
)

// examine tells whose database this is, without changing it.
func examine(ctx context.Context, l *link, latest int) (state, error) {
	var id, version, things int64
	for query, answer := range map[string]*int64{
		"PRAGMA application_id": &id, "PRAGMA user_version": &version, "SELECT count(*) FROM sqlite_schema": &things,
	} {
		var err error
		if *answer, err = l.number(ctx, query); err != nil {
			return 0, fmt.Errorf("read the schema: %w", err)
		}
	}
	switch {
	case id == 0 && version == 0 && things == 0:
		return stateFresh, nil
	case id != applicationID:
		return stateForeign, nil
	case version > int64(latest):
		return stateNewer, nil
	case version < int64(latest):
		return stateOlder, nil
	}
	return stateReady, nil
}

// migrate brings a fresh or older database up to date, or leaves it as it is.
func migrate(ctx context.Context, l *link, steps []string) error {
	// Taken up only while the file is empty: whole pages can then be given back.
	if _, err := l.exec(ctx, "PRAGMA auto_vacuum = incremental"); err != nil {
		return err
	}
	err := l.transact(ctx, func() error {
		version, err := l.number(ctx, "PRAGMA user_version")
		if err != nil || version < 0 || int(version) > len(steps) {
			return errors.Join(err, errors.New("the version changed meanwhile"))
		}
		for _, step := range steps[version:] {
			if _, err := l.conn.ExecContext(ctx, step); err != nil {
				return fmt.Errorf("after version %d: %w", version, err)
			}
		}
		_, err = l.conn.ExecContext(ctx, fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, len(steps)))
		return err
	})
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}
