using OrleansBroker.Gateway.Admission;
using OrleansBroker.Gateway.Admission.Enhanced;

namespace OrleansBroker.Gateway.Connections;

/// <summary>What a connection whose CONNECT named a method knows of it.</summary>
internal sealed class EnhancedAuthentication(IAuthenticationMethod method)
{
    private volatile ExchangeRun? _run;

    public IAuthenticationMethod Method { get; } = method;

    /// <summary>The exchange in progress; null between CONNACK and a re-authentication.</summary>
    public ExchangeRun? Run
    {
        get => _run;
        set => _run = value;
    }

    /// <summary>Who the client is; null until it has proved it.</summary>
    public ClientIdentity? Identity { get; set; }

    /// <summary>The method's last word, for CONNACK.</summary>
    public byte[]? FinalData { get; set; }
}
