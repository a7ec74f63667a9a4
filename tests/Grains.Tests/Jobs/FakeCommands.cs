using System.Collections.Concurrent;
using OrleansBroker.Grains.Sessions;
using OrleansBroker.Grains.Sessions.Commands;
using OrleansBroker.Mqtt.Reasons;

namespace OrleansBroker.Grains.Tests.Jobs;

/// <summary>Notes who was given a command; what each is answered is the test's.</summary>
internal sealed class FakeCommands : ISessionCommands
{
    public ConcurrentQueue<string> Given { get; } = [];

    public Func<string, Task<CommandOutcome>> Answer { get; set; } = static _ => Task.FromResult(CommandOutcome.Done);

    public Task<CommandAnswer> EndAsync(string clientId, bool publishWill, SessionStamp? expected, CancellationToken cancellation) => GiveAsync($"end {clientId}", clientId, expected);

    public Task<CommandAnswer> DisconnectAsync(
        string clientId, ReasonCode reason, bool publishWill, string? serverReference, SessionStamp? expected, CancellationToken cancellation) =>
        GiveAsync($"{reason} {clientId}", clientId, expected);

    public Task<CommandAnswer> SubscribeAsync(string clientId, FilterRequest filter, uint identifier, SessionStamp? expected, CancellationToken cancellation) => throw new NotSupportedException();

    public Task<CommandAnswer> UnsubscribeAsync(string clientId, string filter, SessionStamp? expected, CancellationToken cancellation) => throw new NotSupportedException();

    private async Task<CommandAnswer> GiveAsync(string text, string clientId, SessionStamp? expected)
    {
        Assert.Equal(new SessionStamp(1, 2), expected);
        Given.Enqueue(text);
        return new CommandAnswer(await Answer(clientId));
    }
}
