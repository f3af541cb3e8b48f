using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Example.Time
{
    public interface IClock
    {
        DateTimeOffset Now { get; }
    }

    /// <summary>A clock that tests move by hand.</summary>
    public sealed class ManualClock : IClock
    {
        private readonly SortedList<DateTimeOffset, List<Action>> timers = new();
        private readonly object gate = new();

        public DateTimeOffset Now { get; private set; } = DateTimeOffset.UnixEpoch;

        public void After(TimeSpan delay, Action action)
        {
            if (action is null)
            {
                throw new ArgumentNullException(nameof(action));
            }

            lock (gate)
            {
                var due = Now + delay;
                if (!timers.TryGetValue(due, out var actions))
                {
                    timers[due] = actions = new List<Action>();
                }
                actions.Add(action);
            }
        }

        public async Task<int> AdvanceAsync(TimeSpan by, CancellationToken token = default)
        {
            var until = Now + by;
            var count = 0;
            foreach (var (due, actions) in timers.Where(t => t.Key <= until).ToList())
            {
                token.ThrowIfCancellationRequested();
                Now = due;
                actions.ForEach(action => action());
                count += actions.Count;
                timers.Remove(due);
                await Task.Yield();
            }
            Now = until;
            return count;
        }

        public override string ToString() => $"{Now:O} ({timers.Count} timers)";
    }
}
