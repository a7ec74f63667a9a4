using OrleansBroker.Soak.Tests.Clients;
using OrleansBroker.Soak.Tests.Model;
using OrleansBroker.TestKit;

namespace OrleansBroker.Soak.Tests;

/// <summary>
/// Rounds of random behaviour against one broker. Each ends at rest, is compared with the model and forgotten, so that a run of any length
/// needs the memory of one round.
/// </summary>
internal sealed class SoakRun(BrokerProcess broker, SoakSettings settings, Action<string> log)
{
    private const int ShortRounds = 2;
    private const int MaxShown = 5;

    private static readonly TimeSpan MaxDrain = TimeSpan.FromSeconds(90);

    private readonly IReadOnlyList<Endpoint> _endpoints = settings.EndpointsOf(broker);
    private readonly string _run = Unique.ClientId();
    private readonly OperationCounts _counts = new();
    private long _messages;
    private long _copies;
    private long _sharedCopies;

    /// <summary>Runs until the time is over or a round has differences, which are returned.</summary>
    public async Task<IReadOnlyList<Difference>> RunAsync()
    {
        var start = TimeProvider.System.GetTimestamp();
        IReadOnlyList<Difference> differences = [];
        var rounds = 0;
        while (differences.Count == 0 && (settings.IsShort ? rounds < ShortRounds : TimeProvider.System.GetElapsedTime(start).TotalMinutes < settings.Minutes))
            differences = await RunRoundAsync(++rounds);
        log($"seed {settings.Seed}: {rounds} rounds, {settings.Clients} clients, {TimeProvider.System.GetElapsedTime(start).TotalSeconds:F0} s; " +
            $"{_messages} messages published, {_copies} copies received, {_sharedCopies} of them shared; {_counts}; {differences.Count} differences");
        return differences;
    }

    private async Task<IReadOnlyList<Difference>> RunRoundAsync(int number)
    {
        var random = new Random(HashCode(settings.Seed, number, 0));
        var round = new Round(new RoundPlan(number, settings.Clients, random), _counts);
        var clients = Enumerable.Range(1, settings.Clients)
            .Select(index => new SoakClient(ClientProfile.Choose($"{_run}x{index}", random), round, _endpoints, HashCode(settings.Seed, number, index)))
            .ToList();
        using (var stop = new CancellationTokenSource(TimeSpan.FromSeconds(settings.RoundSeconds), TimeProvider.System))
        {
            var pace = TimeSpan.FromSeconds(settings.Clients / (double)settings.OperationsPerSecond);
            await Task.WhenAll(clients.Select(client => Task.Run(() => client.RunAsync(pace, stop.Token))));
        }

        using (var rest = new CancellationTokenSource())
        {
            var keeping = KeepAliveAsync([.. clients], rest.Token);
            clients.Add(await RestAsync(clients, round, number));
            await rest.CancelAsync();
            await keeping;
        }

        var record = new RoundRecord([.. clients.SelectMany(client => client.Sessions)], round.Messages);
        var differences = round.Differences.Concat(RoundCheck.Run(record)).ToList();
        Count(record);
        Show(number, record, differences);
        await CleanAsync(clients, round);
        return differences;
    }

    /// <summary>Everything comes to its end.</summary>
    /// <returns>One more client, which has read all retained messages.</returns>
    private async Task<SoakClient> RestAsync(IReadOnlyList<SoakClient> clients, Round round, int number)
    {
        await Task.WhenAll(clients.Select(client => client.DrainAsync()));
        await WaitForQuietAsync(round);
        var reader = new SoakClient(new ClientProfile($"{_run}x0", MqttVersion.V50, 0, IsSharedOnly: false), round, _endpoints, number);
        await reader.ReadRetainedAsync();
        await WaitForQuietAsync(round);
        await Task.WhenAll(clients.Append(reader).Select(client => client.RestAsync()));
        return reader;
    }

    private static async Task KeepAliveAsync(SoakClient[] clients, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            await Task.WhenAll(clients.Select(client => client.KeepAliveAsync()));
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, CancellationToken.None);
        }
    }

    /// <summary>All that was sent is certainly routed, no will is to come any more, and nothing comes any more.</summary>
    private static async Task WaitForQuietAsync(Round round)
    {
        var quiet = Stamps.Second;
        var start = Stamps.Next();
        var routed = round.Messages.Values.SelectMany(message => message.Attempts).Select(attempt => attempt.End).Where(end => end != Window.Never).DefaultIfEmpty(0).Max();
        while (true)
        {
            var now = Stamps.Next();
            if (now > routed && now - Math.Max(start, round.LastReceived) > quiet)
                return;
            if (now - start > MaxDrain.Ticks)
                return;
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    private async Task CleanAsync(List<SoakClient> clients, Round round)
    {
        foreach (var client in clients)
            await client.EndSessionAsync(broker.Tcp);
        await using var cleaner = await RawClient.ConnectAsync(broker.Tcp, MqttVersion.V50);
        foreach (var topic in round.Messages.Values.Where(message => message.Retain).Select(message => message.Topic).Distinct())
            await cleaner.PublishAsync(topic, [], 1, retain: true);
        await cleaner.DisconnectAsync();
    }

    private void Count(RoundRecord record)
    {
        _messages += record.Messages.Count;
        var copies = record.Sessions.SelectMany(session => session.Connections).SelectMany(connection => connection.Copies).ToList();
        _copies += copies.Count;
        _sharedCopies += copies.Count(copy => RoundPlan.IsShared(copy.Delivery.Identifiers));
    }

    private void Show(int number, RoundRecord record, List<Difference> differences)
    {
        log($"round {number}: {record.Messages.Count} messages, {record.Sessions.Count} sessions, {differences.Count} differences");
        foreach (var kind in differences.GroupBy(difference => difference.What))
            log($"  {kind.Count()} × {kind.Key}");
        foreach (var difference in differences.GroupBy(difference => difference.What).SelectMany(kind => kind.Take(MaxShown)))
            log(History.Of(difference, settings.Seed));
    }

    /// <summary>The same in every process, unlike <see cref="System.HashCode"/>.</summary>
    private static int HashCode(int seed, int round, int client) => unchecked((((seed * 1_000_003) + round) * 10_007) + client);
}
