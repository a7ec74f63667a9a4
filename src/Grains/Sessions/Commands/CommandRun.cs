namespace OrleansBroker.Grains.Sessions.Commands;

/// <summary>One command through as many calls as it takes.</summary>
/// <param name="expected">By the caller; null for whichever session there is.</param>
/// <param name="isDoneWhen">As in <see cref="SessionCommands"/>.</param>
internal sealed class CommandRun(
    SessionStamp? expected, Func<ISessionGrain, CommandAim, ValueTask<CommandAnswer>> command, Func<CommandAim, CommandAim, bool> isDoneWhen)
{
    private CommandAim? _aim = expected is { Incarnation: not SessionStamp.AnyIncarnation } stamp ? new CommandAim(stamp, null, 0) : null;
    private bool _mayHaveRun;

    /// <summary>There is no session.</summary>
    public CommandAnswer Gone() => new(_mayHaveRun ? CommandOutcome.Done : CommandOutcome.NoSession);

    /// <returns>Null to try again.</returns>
    public async Task<CommandAnswer?> TryAsync(ISessionGrain session)
    {
        try
        {
            if (_aim is null)
            {
                var found = await session.AimAsync();
                if (found.Outcome != CommandOutcome.Done) return Judge(found);
                if (expected is { } meant && meant.Epoch != found.Now.Stamp.Epoch) return found with { Outcome = CommandOutcome.Changed };
                _aim = found.Now;
            }

            return Judge(await command(session, _aim.Value));
        }
        catch (OrleansMessageRejectionException rejection) when (rejection is not SiloUnavailableException)
        {
            // It has not run: one activation goes, the next comes.
            return null;
        }
        catch (Exception exception) when (exception is OrleansException or TimeoutException or OperationCanceledException)
        {
            // The session's silo went, or the way to it. A look-up in the directory that a death interrupts says that it was cancelled.
            _mayHaveRun = true;
            return null;
        }
    }

    private CommandAnswer? Judge(CommandAnswer answer)
    {
        switch (answer.Outcome)
        {
            case CommandOutcome.Awaited:
                return null;
            case CommandOutcome.NoSession or CommandOutcome.NotConnected or CommandOutcome.NoSubscription when _mayHaveRun:
                return answer with { Outcome = CommandOutcome.Done };
            case CommandOutcome.Changed when _mayHaveRun && isDoneWhen(_aim!.Value, answer.Now):
                return answer with { Outcome = CommandOutcome.Done };
            case CommandOutcome.Changed when expected is null:
                _aim = null;
                return null;
            default:
                return answer;
        }
    }
}
