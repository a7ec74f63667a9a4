using System.Threading.Channels;
using OrleansBroker.Grains.Tests.Cluster;
using OrleansBroker.Storage.Journals;

namespace OrleansBroker.Grains.Tests.Leases;

/// <summary>A store whose answers the test gives, one by one; it does not hear of callers who give up.</summary>
internal sealed class ScriptedLeases : ISiloLeases
{
    private readonly Channel<TaskCompletionSource<IReadOnlyList<OwnedJournal>>> _renewals = Channel.CreateUnbounded<TaskCompletionSource<IReadOnlyList<OwnedJournal>>>();
    private readonly Channel<TaskCompletionSource<TimeSpan>> _questions = Channel.CreateUnbounded<TaskCompletionSource<TimeSpan>>();

    public List<WriterId> Ended { get; } = [];

    /// <summary>The next renewal that has been sent.</summary>
    public Task<TaskCompletionSource<IReadOnlyList<OwnedJournal>>> NextRenewalAsync() => _renewals.Reader.ReadAsync().AsTask().WaitAsync(TestClient.Patience);

    public bool HasRenewal => _renewals.Reader.TryPeek(out _);

    /// <summary>The next question for a lease.</summary>
    public Task<TaskCompletionSource<TimeSpan>> NextQuestionAsync() => _questions.Reader.ReadAsync().AsTask().WaitAsync(TestClient.Patience);

    public bool HasQuestion => _questions.Reader.TryPeek(out _);

    public ValueTask<IReadOnlyList<OwnedJournal>> RenewAsync(WriterId writer, TimeSpan validity, CancellationToken cancellation) => new(AddTo(_renewals));

    public ValueTask<TimeSpan> RemainingAsync(WriterId writer, CancellationToken cancellation) => new(AddTo(_questions));

    public ValueTask EndAsync(WriterId writer, CancellationToken cancellation)
    {
        Ended.Add(writer);
        return ValueTask.CompletedTask;
    }

    private static Task<T> AddTo<T>(Channel<TaskCompletionSource<T>> channel)
    {
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Assert.True(channel.Writer.TryWrite(answer));
        return answer.Task;
    }
}
