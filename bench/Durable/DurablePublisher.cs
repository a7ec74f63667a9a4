using System.Diagnostics;
using System.Net.Sockets;

namespace OrleansBroker.Durable;

/// <summary>Keeps a window of QoS 1 messages open and notes how long each PUBACK took.</summary>
internal sealed class DurablePublisher(DurableOptions options, string topic)
{
    private readonly byte[] _publish = Wire.Publish(topic, options.Size);
    private readonly long[] _sentAt = new long[ushort.MaxValue + 1];
    private int _sent;

    public long Acknowledged { get; private set; }

    /// <summary>In ticks of the stopwatch, those of the measured time.</summary>
    public List<long> Latencies { get; } = [];

    public bool IsMeasured { get; set; }

    /// <summary>Until it is stopped, and then until all is acknowledged.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        using var socket = await Wire.OpenAsync(options.Port, "publisher-" + topic);
        var input = new byte[64 * 1024];
        var held = 0;
        await SendAsync(socket, options.Window);
        while (Acknowledged < _sent)
        {
            var read = await socket.ReceiveAsync(input.AsMemory(held), CancellationToken.None);
            if (read == 0) throw new IOException("The broker ended a publisher's connection.");
            held += read;
            var taken = Take(input.AsSpan(0, held));
            input.AsSpan(taken * 4, held - (taken * 4)).CopyTo(input);
            held -= taken * 4;
            if (taken > 0 && !stop.IsCancellationRequested) await SendAsync(socket, taken);
        }

        await Wire.SendAsync(socket, Wire.Disconnect);
    }

    private int Take(ReadOnlySpan<byte> input)
    {
        var now = Stopwatch.GetTimestamp();
        var taken = 0;
        for (; input.Length >= 4; input = input[4..], taken++)
        {
            if (input[0] != 0x40) throw new IOException($"Unexpected packet {input[0]:X2}.");
            Acknowledged++;
            if (IsMeasured) Latencies.Add(now - _sentAt[(input[2] << 8) | input[3]]);
        }

        return taken;
    }

    private Task SendAsync(Socket socket, int count)
    {
        var batch = new byte[count * _publish.Length];
        var now = Stopwatch.GetTimestamp();
        for (var i = 0; i < count; i++)
        {
            var id = (ushort)((_sent++ % ushort.MaxValue) + 1);
            _sentAt[id] = now;
            Wire.SetIdentifier(_publish, options.Size, id);
            _publish.CopyTo(batch, i * _publish.Length);
        }

        return Wire.SendAsync(socket, batch);
    }
}
