using System.Threading.Channels;

namespace OrleansBroker.TestKit;

/// <summary>Cuts the broker's bytes into frames; a frame that breaks the format ends the channel with <see cref="UnexpectedFrameException"/>.</summary>
internal sealed class FrameReader(Stream stream)
{
    // The largest packet of MQTT is 256 MiB; no test sends more than a few MiB, so a larger length is a fault of the broker.
    private const int MaxBodyBytes = 16 * 1024 * 1024;

    private readonly Channel<Frame> _frames = Channel.CreateUnbounded<Frame>();
    private readonly byte[] _one = new byte[1];
    private volatile TaskCompletionSource? _stall;
    private long _closed;

    public ChannelReader<Frame> Frames => _frames.Reader;

    public long Closed => Interlocked.Read(ref _closed);

    /// <summary>What is being read is the last, until <see cref="ReadOn"/>.</summary>
    public void Stall() => _stall ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    public void ReadOn()
    {
        var stall = _stall;
        _stall = null;
        stall?.SetResult();
    }

    public async Task RunAsync()
    {
        Exception? fault = null;
        try
        {
            // Not disposed of: that would close the connection, and whether the client closes too is the test's matter.
            var buffered = new BufferedStream(stream, 64 * 1024);
            while (await ReadFrameAsync(buffered) is { } frame)
            {
                _frames.Writer.TryWrite(frame);
                if (_stall is { } stall)
                    await stall.Task;
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or NotSupportedException or UnexpectedFrameException)
        {
            // NotSupported is how the buffer puts it when the client was disposed of between two reads.
            fault = exception;
        }

        Interlocked.Exchange(ref _closed, TimeProvider.System.GetTimestamp());
        _frames.Writer.TryComplete(fault);
    }

    private async Task<Frame?> ReadFrameAsync(BufferedStream buffered)
    {
        if (await buffered.ReadAsync(_one) == 0)
            return null;
        var firstByte = _one[0];
        var body = new byte[await ReadLengthAsync(buffered)];
        await buffered.ReadExactlyAsync(body);
        return new Frame(firstByte, body, TimeProvider.System.GetTimestamp());
    }

    private async Task<int> ReadLengthAsync(BufferedStream buffered)
    {
        var length = 0;
        for (var shift = 0; shift < 28; shift += 7)
        {
            await buffered.ReadExactlyAsync(_one);
            length |= (_one[0] & 0x7F) << shift;
            if ((_one[0] & 0x80) != 0)
                continue;
            if (_one[0] == 0 && shift > 0)
                throw new UnexpectedFrameException("a remaining length is padded");
            return length <= MaxBodyBytes ? length : throw new UnexpectedFrameException($"a remaining length of {length}");
        }

        throw new UnexpectedFrameException("a remaining length of more than four bytes");
    }
}
