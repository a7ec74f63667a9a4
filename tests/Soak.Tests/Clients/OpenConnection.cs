using OrleansBroker.Soak.Tests.Model;
using OrleansBroker.TestKit;

namespace OrleansBroker.Soak.Tests.Clients;

/// <summary>What a client knows of one of its connections, beside the bytes.</summary>
internal sealed class OpenConnection(ConnectRequest request, int number)
{
    public ConnectRequest Request { get; } = request;

    public int Number { get; } = number;

    /// <summary>Before CONNECT left.</summary>
    public long ConnectBegin { get; set; }

    public required int ReceiveMaximum { get; init; }

    public required long ExpirySeconds { get; init; }

    public required AnswerStyle Style { get; init; }

    /// <summary>The will of the CONNECT, and its delay.</summary>
    public (Message Message, long DelaySeconds)? Will { get; init; }

    public Link? Link { get; set; }

    /// <summary>From CONNACK on.</summary>
    public ConnectionRecord? Record { get; set; }

    /// <summary>The client ends it, in whatever way: no more packets leave, and its end surprises nobody.</summary>
    public bool IsEnding { get; set; }

    public bool IsTakenOver { get; set; }

    public TaskCompletionSource<bool> ConnAck { get; } = NewSource<bool>();

    public Dictionary<int, TaskCompletionSource<(Frame Frame, long Stamp)>> Answers { get; } = [];

    public Queue<Barrier> Barriers { get; } = [];

    public List<Attempt> AtMostOnce { get; set; } = [];

    public List<DueAnswer> Due { get; } = [];

    public Dictionary<string, int> Aliases { get; } = new(StringComparer.Ordinal);

    public static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static TaskCompletionSource<T> NewSource<T>() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
