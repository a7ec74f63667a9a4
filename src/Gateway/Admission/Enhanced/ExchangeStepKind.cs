namespace OrleansBroker.Gateway.Admission.Enhanced;

/// <summary>How an exchange goes on.</summary>
public enum ExchangeStepKind
{
    /// <summary>The client is not who it says. The default on purpose: a forgotten step lets nobody in.</summary>
    Refused,

    /// <summary>The client has to answer.</summary>
    Continue,

    /// <summary>The client is who it says.</summary>
    Done,
}
