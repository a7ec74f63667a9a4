using System.Diagnostics;
using System.Net.Sockets;
using System.Threading.Channels;

namespace OrleansBroker.Durable;

/// <summary>A durable session with one subscription: acknowledges what it gets, at once or after a while.</summary>
internal sealed class DurableSubscriber(DurableOptions options, string topic)
{
    private readonly int _packetBytes = Wire.Publish(topic, options.Size).Length;
    private readonly Channel<(long SinceTimestamp, byte[] Acks)> _later = Channel.CreateUnbounded<(long, byte[])>();
    private Socket? _socket;

    public long Received { get; private set; }

    public async Task SubscribeAsync()
    {
        _socket = await Wire.OpenAsync(options.Port, "subscriber-" + topic);
        await Wire.SendAsync(_socket, Wire.Subscribe(topic));
        await Wire.ExpectAsync(_socket, 5, 0x90);
        if (!options.Offline) return;
        await Wire.SendAsync(_socket, Wire.Disconnect);
        _socket.Dispose();
    }

    /// <summary>Until its socket is closed.</summary>
    public async Task RunAsync()
    {
        _ = Task.Run(AcknowledgeLaterAsync);
        var input = new byte[256 * 1024];
        for (int held = 0, read; (read = await ReceiveAsync(input.AsMemory(held))) > 0;)
        {
            held += read;
            var count = held / _packetBytes;
            var acks = new byte[count * 4];
            for (var i = 0; i < count; i++)
            {
                var id = input.AsSpan(((i + 1) * _packetBytes) - options.Size - 2, 2);
                acks[i * 4] = 0x40;
                acks[(i * 4) + 1] = 2;
                id.CopyTo(acks.AsSpan((i * 4) + 2));
            }

            Received += count;
            input.AsSpan(count * _packetBytes, held - (count * _packetBytes)).CopyTo(input);
            held -= count * _packetBytes;
            if (count == 0) continue;
            if (options.Delay == TimeSpan.Zero) await Wire.SendAsync(_socket!, acks);
            else _later.Writer.TryWrite((Stopwatch.GetTimestamp(), acks));
        }
    }

    public void Close() => _socket!.Dispose();

    private async Task<int> ReceiveAsync(Memory<byte> buffer)
    {
        try
        {
            return await _socket!.ReceiveAsync(buffer);
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    private async Task AcknowledgeLaterAsync()
    {
        await foreach (var (since, acks) in _later.Reader.ReadAllAsync())
        {
            if (options.Delay - Stopwatch.GetElapsedTime(since) is { Ticks: > 0 } wait) await Task.Delay(wait, TimeProvider.System);
            await Wire.SendAsync(_socket!, acks);
        }
    }
}
