using System.Text;
using OrleansBroker.Gateway.Admission;
using OrleansBroker.Gateway.Admission.Enhanced;

namespace OrleansBroker.Gateway.Tests.Connections;

/// <summary>A method whose client counts: "1" is answered with "more 1", "2" with "more 2" …, and who says "end NAME" is that user. "throw", "no", "busy" and
/// "long" do what they say.</summary>
internal sealed class FakeMethod : IAuthenticationMethod
{
    public string Name => "COUNT";

    /// <summary>Each step waits for this.</summary>
    public TaskCompletionSource? Gate { get; set; }

    public List<AuthenticationRequest> Requests { get; } = [];

    public int Steps { get; private set; }

    public int Cancelled { get; private set; }

    /// <summary>Ends with the first step that is cancelled.</summary>
    public TaskCompletionSource WhenCancelled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Disposed { get; private set; }

    public IAuthenticationExchange Start(AuthenticationRequest request)
    {
        Requests.Add(request);
        return new Exchange(this);
    }

    private async ValueTask<ExchangeStep> StepAsync(byte[]? data, CancellationToken cancellationToken)
    {
        Steps++;
        try
        {
            if (Gate is not null)
                await Gate.Task.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            Cancelled++;
            WhenCancelled.TrySetResult();
            throw;
        }

        var text = Encoding.UTF8.GetString(data ?? []);
        return text switch
        {
            "throw" => throw new InvalidOperationException("as asked"),
            "no" => ExchangeStep.Refused(AuthenticationResult.BadUserNameOrPassword),
            "busy" => ExchangeStep.Refused(AuthenticationResult.Unavailable),
            "long" => ExchangeStep.Continue(new byte[ushort.MaxValue + 1]),
            "default" => default,
            _ when text.StartsWith("end ", StringComparison.Ordinal) => ExchangeStep.Done(new ClientIdentity(text[4..]), [.. "bye "u8, .. data![4..]]),
            _ => ExchangeStep.Continue(data is null ? null : [.. "more "u8, .. data]),
        };
    }

    private sealed class Exchange(FakeMethod method) : IAuthenticationExchange
    {
        public ValueTask<ExchangeStep> StepAsync(byte[]? data, CancellationToken cancellationToken) => method.StepAsync(data, cancellationToken);

        public void Dispose() => method.Disposed++;
    }
}
