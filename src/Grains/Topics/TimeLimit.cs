namespace OrleansBroker.Grains.Topics;

/// <summary>A time that ends early when the caller wants nothing any more.</summary>
internal sealed class TimeLimit : IDisposable
{
    private readonly CancellationTokenSource _time;
    private readonly CancellationTokenSource _either;

    public TimeLimit(TimeSpan time, TimeProvider provider, CancellationToken cancellation)
    {
        _time = new CancellationTokenSource(time, provider);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_time.Token, cancellation);
    }

    public CancellationToken Token => _either.Token;

    public void Dispose()
    {
        _either.Dispose();
        _time.Dispose();
    }
}
