package org.example.ledger;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A ledger of entries that only grows. */
public final class Ledger {
    private static final int LIMIT = 1_000;

    private final List<Entry> entries = new ArrayList<>();
    private long total;

    /** Adds an entry. It is refused when the ledger is full. */
    public boolean add(Entry entry) {
        if (entry == null || entries.size() >= LIMIT) {
            return false;
        }
        entries.add(entry);
        total += entry.amount();
        return true;
    }

    public List<Entry> matching(Predicate<Entry> wanted) {
        List<Entry> found = new ArrayList<>();
        for (Entry entry : entries) {
            if (wanted.test(entry)) {
                found.add(entry);
            }
        }
        return found;
    }

    public String describe(Level level) {
        switch (level) {
            case LOW:
                return "low: " + total;
            case HIGH:
                return String.format("high (%d of %d)", entries.size(), LIMIT);
            default:
                throw new IllegalArgumentException("no such level: " + level);
        }
    }

    public enum Level { LOW, HIGH }

    public record Entry(String name, long amount) {
        public Entry {
            if (amount < 0) {
                throw new IllegalArgumentException("negative: " + amount);
            }
        }
    }
}
