using OrleansBroker.Broker.Sessions;
using OrleansBroker.Grains.Monitors;

namespace OrleansBroker.Grains.Sessions;

/// <summary>What others are told of the session.</summary>
internal sealed partial class SessionMonitor
{
    /// <summary>Reads under the monitor, which is left as it was: at once when it is free, which is the rule.</summary>
    public ValueTask<TResult> LookAsync<TState, TResult>(TState state, Func<SessionMonitor, Session, TState, TResult> look)
    {
        if (TryEnter())
        {
            try
            {
                return ValueTask.FromResult(look(this, _session, state));
            }
            finally
            {
                Leave();
            }
        }

        var operation = new PendingOperation<Session, TResult>(session => look(this, session, state));
        Enter(new SessionWork(SessionWorkKind.Operation, operation));
        return new ValueTask<TResult>(operation.Task);
    }
}
