using System.Globalization;
using System.Text;
using OrleansBroker.TestKit;
using OrleansBroker.TestKit.Numbers;

namespace OrleansBroker.Durability.Tests;

/// <summary>
/// Connects with a will that carries the number of the connection, and waits until the broker goes. Every other time the session outlives the connection and the will is
/// delayed a little. A number stands in <see cref="Died"/> when the broker took the CONNECT and the connection ended without DISCONNECT.
/// </summary>
internal sealed class MortalClient(Endpoint broker, string topic, string name)
{
    private readonly List<int> _died = [];

    public string Topic => topic;

    public IReadOnlyList<int> Died => _died;

    public static bool OutlivesItsConnection(int number) => number % 2 != 0;

    public async Task RunAsync(CancellationToken stop)
    {
        for (var number = 1; !stop.IsCancellationRequested; number++)
        {
            try
            {
                await LiveAsync(number, stop);
            }
            catch (Exception end) when (Outage.Is(end))
            {
                await Outage.PauseAsync();
            }
        }
    }

    private async Task LiveAsync(int number, CancellationToken stop)
    {
        await using var client = await RawClient.ConnectAsync(broker, RequestOf(number));
        try
        {
            await client.Ended.WaitAsync(stop);
        }
        catch (Exception end) when (end is not OperationCanceledException)
        {
            // However it ended.
        }
        catch (OperationCanceledException)
        {
            // Asked to stop: leaves without a word.
        }

        _died.Add(number);
    }

    /// <summary>A client id of its own for each: nobody comes back before the delay is over.</summary>
    public ConnectRequest RequestOf(int number)
    {
        var payload = Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));
        var will = new WillRequest(topic, payload) { QoS = 1 };
        var clientId = $"{name}-{number}";
        return !OutlivesItsConnection(number)
            ? new ConnectRequest(MqttVersion.V50, clientId) { Will = will }
            : ConnectRequest.Persistent(MqttVersion.V50, clientId, 3600) with { Will = will with { Properties = [Property.WillDelayInterval(1)] } };
    }
}
